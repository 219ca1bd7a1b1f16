import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Endpoint } from '../../cluster/cluster.js'
import type { TargetPlan } from '../../cluster/external/target-plan.js'
import { withoutFilled } from './filled.js'
import { TargetAccess } from './target-access.js'

const directory = mkdtempSync(join(tmpdir(), 'wsbench-access-'))
const feed = join(directory, 'feed.csv')
const endpoint: Endpoint = { host: 'h', port: 1, path: '/', tls: null }
const ann = { id: 'c0', index: 0 }
const bob = { id: 'c1', index: 1 }

beforeAll(() => {
  vi.stubEnv('ACCESS_TOKEN', 'env-hunter2 "x"&y')
  writeFileSync(feed, 'user,token\nann,feed-hunter2-a\nbob,feed-hunter2-b\n')
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

function plan(protocol: TargetPlan['protocol'], subprotocols: readonly string[] | null = null): TargetPlan {
  return {
    urls: [{ url: 'ws://h:1/', weight: 1 }],
    protocol,
    headers: {},
    cookies: {},
    query: {},
    subprotocols,
    compression: false,
    tls: { ca: null, cert: null, key: null, serverName: null, isInsecure: false },
    feed: { file: feed, encoding: null },
    stats: {},
    node: null,
  }
}

let modules = 0
function moduleOf(text: string, options: object): TargetPlan {
  const file = join(directory, `module-${modules++}.mjs`)
  writeFileSync(file, text)
  return plan({ kind: 'module', options: { module: file, options } })
}

describe('a user’s module', () => {
  const telling = 'export default (o) => ({ subprotocols: [JSON.stringify(o)], start: () => ({}) })'

  it('gets each client’s own values, and is created once per client', async () => {
    const access = await TargetAccess.open(moduleOf(telling, { deep: ['{client} {uuid} {feed:user}'] }), 1)
    const [one, other] = [access.protocolOf(ann), access.protocolOf(bob)]
    expect(one.subprotocols?.[0]).toMatch(/^\{"deep":\["c0 [\da-f-]{36} ann"\]\}$/)
    expect(other.subprotocols?.[0]).toMatch(/^\{"deep":\["c1 [\da-f-]{36} bob"\]\}$/)
    expect(access.protocolOf(ann)).toBe(one)
  })

  it('is created once if its options are the same for all clients', async () => {
    const access = await TargetAccess.open(
      moduleOf(telling, { room: '{channel}', token: '{env:ACCESS_TOKEN}' }),
      1,
    )
    expect(access.protocolOf(ann)).toBe(access.protocolOf(bob))
  })

  it.each([
    [
      'throws',
      'export default (o) => { throw new Error("bad " + [o.a, o.b, JSON.stringify(o), encodeURIComponent(o.a)]) }',
    ],
    ['parses', 'export default (o) => JSON.parse(o.a)'],
  ])('that %s repeats no secret in its error', async (_title, text) => {
    const access = moduleOf(text, { a: '{env:ACCESS_TOKEN}', b: '{feed:token}', c: '{client}' })
    const opened = TargetAccess.open(access, 1).then((it) => it.protocolOf(bob))
    await expect(opened).rejects.toThrow(/^protocol module .*: (?:bad …,…,|it is not valid JSON)/)
    await opened.catch((error: Error) => {
      expect(error.stack).not.toContain('hunter2')
      expect(error.cause).toBeUndefined()
    })
  })
})

it('subprotocols are filled in as headers are, and withoutFilled hides the values', async () => {
  const target = plan({ kind: 'json', options: { publish: '{payload}' } }, ['v1', 'bearer.{feed:token}'])
  const access = await TargetAccess.open(target, 1)
  expect(access.handshakeOf(endpoint, bob, { protocol: null, channel: 'a' }).subprotocols).toEqual([
    'v1',
    'bearer.feed-hunter2-b',
  ])
  expect(withoutFilled('it said feed-hunter2-b')).toBe('it said …')
})

it('fills in the channel and values of the client, percent-encoded in the path', async () => {
  const target = { ...plan({ kind: 'json', options: {} }, ['{channel}']), headers: { 'x-room': '{channel}' } }
  const access = await TargetAccess.open({ ...target, query: { room: '{channel}' } }, 1)
  const templates = { ...endpoint, path: '/{channel}/{feed:user}/x?c={client}' }
  const { path, headers, subprotocols } = access.handshakeOf(templates, bob, {
    protocol: null,
    channel: 'a&$&',
  })
  expect(path).toBe('/a%26%24%26/bob/x?c=c1&room=a%26%24%26')
  expect([headers['x-room'], subprotocols]).toEqual(['a&$&', ['a&$&']])
})
