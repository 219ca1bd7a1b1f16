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
import { Servers } from './support/servers.js'
import { type Finished, wsbench } from './support/wsbench.js'

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

function scenario(ca: string, more = ''): string {
  servers.write('users.csv', `user,session\nann,${SECRETS.feed[0]}\n"bob, the 2nd",${SECRETS.feed[1]}\n`)
  return servers.write(
    'tls.yaml',
    `{ name: tls, target: { url: 'wss://127.0.0.1:${port}/live?v=1', protocol: json, tls: { ca: ./${ca} }, feed: ./users.csv,
         headers: { authorization: 'Bearer {env:TEST_TOKEN}' }, cookies: { session: '{feed:session}' },
         query: { user: '{feed:user}', client: '{client}' } },
       clients: { count: 4 }, traffic: [{ channel: { name: echo }, via: echo, rate: 10/s }],
       phases: { warmup: 0s, measure: 1s, grace: 1s }, validity: { eventLoopLag: 5s, sendDelay: 5s, overruns: 100% } ${more} }`,
  )
}

it('wss by a private CA, tokens from environment and feed: all there, and none in any output', async () => {
  const chaos = `, chaos: [{ at: 200ms, event: exec, run: ['true', '{env:ADMIN}'] }, { at: 300ms, event: exec, run: [sh, -c, 'echo $ADMIN; exit 7'] }]`
  const finished = await wsbench(['run', scenario('ca.pem', chaos)], {
    TEST_TOKEN: SECRETS.env,
    ADMIN: SECRETS.admin,
  })
  const { stderr, result } = finished
  expect(result, stderr).not.toBeNull()
  expect(result!.delivery).toMatchObject({ due: 40, delivered: 40, lost: 0 })
  expect(result!.events.map(({ failure }) => failure)).toEqual([null, 'sh exited with 7'])
  expect([...seen]).toContain(
    `Bearer ${SECRETS.env} session=${SECRETS.feed[1]} /live?v=1&user=bob%2C+the+2nd&client=c1`,
  )
  expect(stderr).toContain('hook at 200ms, exec#1: true {env:ADMIN}')
  expectNoSecret(finished)
})

it('a wrong CA, or a token that is refused: exit 3, no load', async () => {
  const wrongCa = await wsbench(['run', scenario('other-ca.pem')], { TEST_TOKEN: SECRETS.env })
  expect([wrongCa.code, wrongCa.result, seen.size]).toEqual([3, null, 0])
  expect(wrongCa.stderr).toMatch(/bad-certificate[\s\S]*target\.tls/)
  const wrongToken = await wsbench(['run', scenario('ca.pem')], { TEST_TOKEN: 'stale-secret' })
  expect([wrongToken.code, wrongToken.result, seen.size]).toEqual([3, null, 1])
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
