import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { createTlsIdentity } from '../src/cluster/tls/certificate.js'
import { Servers } from './support/servers.js'
import { wsbench } from './support/wsbench.js'

const SECRETS = { env: 'env-secret-5f1', feed: ['feed-secret-a', 'feed-secret-b'], admin: 'admin-secret-77' }

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
  const { stdout, stderr, result } = finished
  expect(result, stderr).not.toBeNull()
  expect(result!.delivery).toMatchObject({ due: 40, delivered: 40, lost: 0 })
  expect(result!.events.map(({ failure }) => failure)).toEqual([null, 'sh exited with 7'])
  expect([...seen]).toContain(
    `Bearer ${SECRETS.env} session=${SECRETS.feed[1]} /live?v=1&user=bob%2C+the+2nd&client=c1`,
  )
  expect(stderr).toContain('hook at 200ms, exec#1: true {env:ADMIN}')
  const everything = stdout + stderr + JSON.stringify(result)
  for (const secret of [SECRETS.env, SECRETS.admin, ...SECRETS.feed]) expect(everything).not.toContain(secret)
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
