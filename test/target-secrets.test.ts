import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { createTlsIdentity } from '../src/cluster/tls/certificate.js'
import { reporters } from '../src/reporters/index.js'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { type Finished, start, wsbench } from './support/wsbench.js'

const SECRETS = { env: 'env-secret-5f1', feed: ['feed-secret-a', 'feed-secret-b'], admin: 'admin-secret-77' }

function expectNoSecret({ stdout, stderr, result }: Finished, ...more: string[]): void {
  const everything = [stdout, stderr, JSON.stringify(result), ...more].join()
  for (const secret of [SECRETS.env, SECRETS.admin, ...SECRETS.feed]) expect(everything).not.toContain(secret)
}

let servers: Servers
let close: () => void
let port: number
const seen = new Set<string>()

/** Echoes, to who shows a token it knows. */
beforeEach(async () => {
  servers = new Servers()
  seen.clear()
  const identity = createTlsIdentity('127.0.0.1')
  servers.write('ca.pem', identity.ca)
  servers.write('other-ca.pem', createTlsIdentity('127.0.0.1').ca)
  const server = createServer({ cert: identity.certificate, key: identity.key })
  const sockets = new WebSocketServer({
    server,
    verifyClient: ({ req }: { req: IncomingMessage }) => {
      seen.add(`${req.headers.authorization} ${req.headers.cookie} ${req.url}`)
      return req.headers.authorization === `Bearer ${SECRETS.env}`
    },
  })
  sockets.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
  close = () => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  }
})
afterEach(async () => {
  close()
  await servers.stop()
})

function scenario(ca: string, more = '', protocol = 'json'): string {
  servers.write('users.csv', `user,session\nann,${SECRETS.feed[0]}\n"bob, the 2nd",${SECRETS.feed[1]}\n`)
  return servers.write(
    'tls.yaml',
    `{ name: tls, target: { url: 'wss://127.0.0.1:${port}/live?v=1', protocol: ${protocol}, tls: { ca: ./${ca} }, feed: ./users.csv,
         headers: { authorization: 'Bearer {env:TEST_TOKEN}' }, cookies: { session: '{feed:session}' },
         query: { user: '{feed:user}', client: '{client}' } },
       clients: { count: 4 }, traffic: [{ channel: { name: echo }, via: echo, rate: 10/s }],
       phases: { warmup: 0s, measure: 2s, grace: 1s }, validity: ${patience} ${more} }`,
  )
}

it('wss by a private CA, tokens from environment and feed: all there, and none in any output', async () => {
  const chaos = `, chaos: [{ at: 200ms, event: exec, run: ['true', '{env:ADMIN}'] }, { at: 300ms, event: exec, run: [sh, -c, 'echo $ADMIN; exit 7'] }]`
  const kinds = Object.keys(reporters)
  const file = (kind: string) => join(servers.directory, `out.${kind}`)
  const started = start(
    [
      'run',
      scenario('ca.pem', chaos),
      '--metrics',
      '127.0.0.1:0',
      ...kinds.flatMap((kind) => ['--out', `${kind}=${file(kind)}`]),
    ],
    { TEST_TOKEN: SECRETS.env, ADMIN: SECRETS.admin },
  )
  const [, url = ''] = /metrics at (\S+)/.exec(await started.said('steady')) ?? []
  let metrics = ''
  // They are there with the first second's figures.
  while (!metrics.includes('wsbench_connections')) metrics = await (await fetch(url)).text()
  const finished = await started.finished
  const { stderr, result } = finished
  expect(result, stderr).not.toBeNull()
  expect(result!.delivery).toMatchObject({ due: 80, delivered: 80, lost: 0 })
  expect(result!.events.map(({ failure }) => failure)).toEqual([null, 'sh exited with 7'])
  expect([...seen]).toContain(
    `Bearer ${SECRETS.env} session=${SECRETS.feed[1]} /live?v=1&user=bob%2C%20the%202nd&client=c1`,
  )
  expect(stderr).toContain('hook at 200 ms, exec#1: true {env:ADMIN}')
  expectNoSecret(finished, metrics, ...kinds.map((kind) => readFileSync(file(kind), 'utf8')))
  const compared = await wsbench(['compare', file('json'), '--json', '--out', `html=${file('comparison')}`])
  expect(JSON.parse(compared.stdout).cells).toHaveLength(1)
  expectNoSecret(compared, readFileSync(file('comparison'), 'utf8'))
})

/** Echoes, and names itself by its options in the query. `breaks` is run with a peer and the options. */
function moduleThat(breaks: string): string {
  servers.write(
    'own.mjs',
    `export default (options) => ({
       query: { who: options.who },
       start(peer) {
         ${breaks}
         return { publish: ({ payload }) => peer.send(payload) }
       },
     })`,
  )
  return `{ module: ./own.mjs, options: { who: '{client} {feed:user}', deep: ['{env:TEST_TOKEN}', { session: '{feed:session}' }] } }`
}

it('a module of one’s own has the values of each client', async () => {
  const finished = await wsbench(['run', scenario('ca.pem', '', moduleThat(''))], { TEST_TOKEN: SECRETS.env })
  expect(finished.result?.delivery, finished.stderr).toMatchObject({ due: 80, delivered: 80, lost: 0 })
  const names = [...seen].map((line) => /who=([^&]*)/.exec(line)![1])
  expect(new Set(names)).toEqual(
    new Set(['c0%20ann', 'c1%20bob%2C%20the%202nd', 'c2%20ann', 'c3%20bob%2C%20the%202nd']),
  )
  expectNoSecret(finished)
})

const telling = 'new Error(peer.id + " was given " + JSON.stringify(options))'

it('what it throws in a worker is told without what it was given', async () => {
  const breaks = `if (peer.id === 'c1') throw ${telling}`
  const finished = await wsbench(['run', scenario('ca.pem', '', moduleThat(breaks))], {
    TEST_TOKEN: SECRETS.env,
  })
  expect(finished.code, finished.stderr).toBe(4)
  expect(JSON.stringify(finished.result)).toMatch(/c1 was given \{.*…/)
  expectNoSecret(finished)
})

it.each([
  ['at once', `if (peer.id === 'c0') throw ${telling}`],
  ['in its own time', `if (peer.id === 'c0') setTimeout(() => { throw ${telling} })`],
  ['in a promise', `if (peer.id === 'c0') Promise.reject(${telling})`],
])('what it throws before load, %s, ends the set-up, and is told in the same way', async (_title, breaks) => {
  const finished = await wsbench(['run', scenario('ca.pem', '', moduleThat(breaks))], {
    TEST_TOKEN: SECRETS.env,
  })
  expect([finished.code, finished.result]).toEqual([3, null])
  expect(finished.stderr).toMatch(/protocol module \S+own\.mjs: c0 was given \{.*…/)
  expectNoSecret(finished)
})

it('a wrong CA, or a token that is refused: exit 3, no load', async () => {
  const wrongCa = await wsbench(['run', scenario('other-ca.pem')], { TEST_TOKEN: SECRETS.env })
  expect([wrongCa.code, wrongCa.result, seen.size]).toEqual([3, null, 0])
  expect(wrongCa.stderr).toMatch(/bad-certificate[\s\S]*target\.tls/)
  const wrongToken = await wsbench(['run', scenario('ca.pem')], { TEST_TOKEN: 'stale-secret' })
  expect([wrongToken.code, wrongToken.result]).toEqual([3, null])
  expect(wrongToken.stderr).toMatch(/http-401/)
  expect(wrongToken.stderr).not.toContain('stale-secret')
})

it('what an http hook is given from the environment gets to where it calls, and into no output', async () => {
  const calls: string[] = []
  const admin = createPlainServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    calls.push(`${request.method} ${request.url} ${request.headers['x-api-key']} ${body}`)
    response.end(SECRETS.admin)
  })
  admin.listen(0, '127.0.0.1')
  await once(admin, 'listening')
  const hook = `url: 'http://127.0.0.1:${(admin.address() as AddressInfo).port}/cut?token={env:ADMIN}', headers: { x-api-key: '{env:ADMIN}' }`
  const chaos = `, chaos: [{ at: 200ms, event: http, ${hook}, body: '{"password":"{env:ADMIN}"}', undo: { ${hook}, method: DELETE } }]`
  const html = join(servers.directory, 'report.html')
  const run = ['run', scenario('ca.pem', chaos), '--out', `html=${html}`]
  const finished = await wsbench(run, { TEST_TOKEN: SECRETS.env, ADMIN: SECRETS.admin })
  admin.close()
  expect(finished.result?.events, finished.stderr).toMatchObject([{ failure: null }])
  expect(calls).toEqual([
    `POST /cut?token=${SECRETS.admin} ${SECRETS.admin} {"password":"${SECRETS.admin}"}`,
    `DELETE /cut?token=${SECRETS.admin} ${SECRETS.admin} `,
  ])
  expect(JSON.stringify(finished.result!.scenario.plan.chaos)).toContain('{env:ADMIN}')
  expectNoSecret(finished, readFileSync(html, 'utf8'))
})

it.each([
  [
    'a literal in a hook’s header',
    `, chaos: [{ at: 1s, event: http, url: 'http://h/', headers: { x-token: ${SECRETS.admin} } }]`,
  ],
  [
    'one in its body',
    `, chaos: [{ at: 1s, event: http, url: 'http://h/', body: 'password=${SECRETS.admin}' }]`,
  ],
  [
    'one among a program’s arguments',
    `, chaos: [{ at: 1s, event: exec, run: [cut, --token, ${SECRETS.admin}] }]`,
  ],
  ['a faulty line', `, chaos: [{ at: 1s, event: exec, run: 'cut --token ${SECRETS.admin}' }]`],
  ['a faulty --set', '', '--set', `target.headers.authorization=[Bearer ${SECRETS.admin}`],
  ['a --set of a literal', '', '--set', `target.headers.authorization=Bearer ${SECRETS.admin}`],
  ['a --target with a user', '', '--target', `wss://admin:${SECRETS.admin}@127.0.0.1/`],
])('%s: exit 2, and it is not repeated', async (_title, more, ...args) => {
  for (const command of ['run', 'validate']) {
    if (command === 'validate' && args[0] === '--target') continue
    const finished = await wsbench([command, scenario('ca.pem', more), ...args], { TEST_TOKEN: SECRETS.env })
    expect([finished.code, finished.result, seen.size], finished.stderr).toEqual([2, null, 0])
    expect(finished.stderr + finished.stdout).toMatch(/looks like a secret|…/)
    expectNoSecret(finished)
  }
})
