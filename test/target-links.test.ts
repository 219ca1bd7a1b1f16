import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { wsbench } from './support/wsbench.js'

let servers: Servers
const listening: WebSocketServer[] = []
beforeEach(() => {
  servers = new Servers()
})
afterEach(async () => {
  for (const server of listening.splice(0)) {
    for (const socket of server.clients) socket.terminate()
    server.close()
  }
  await servers.stop()
})

/** Serves WebSockets; the port. */
async function serve(onConnection: (socket: WebSocket, request: IncomingMessage) => void): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  listening.push(server.on('connection', onConnection))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A room: HELLO is answered by WELCOME and joins, all else goes to everybody in it. */
function room(isHeard: (client: string) => boolean = () => true) {
  const members = new Set<WebSocket>()
  return (socket: WebSocket, { url }: IncomingMessage) => {
    const client = new URL(url!, 'ws://h').searchParams.get('client')!
    socket.on('close', () => members.delete(socket))
    socket.on('message', (data) => {
      const text = data.toString()
      if (text !== 'HELLO') for (const member of members) member.send(text)
      else if (isHeard(client)) {
        members.add(socket)
        socket.send('WELCOME')
      }
    })
  }
}

const module = `export default () => ({ start: (peer) => ({
  open: () => peer.send('HELLO'),
  text: (text) => text === 'WELCOME' && peer.ready(),
  publish: ({ payload }) => peer.send(payload),
}) })`

const phases = '{ warmup: 500ms, measure: 2s, grace: 2s }'

describe('a subscription that is not confirmed', () => {
  function scenarioFor(port: number): string {
    servers.write('room.mjs', module)
    return servers.write(
      'room.yaml',
      `{ name: room, target: { url: 'ws://127.0.0.1:${port}/', protocol: ./room.mjs, query: { client: '{client}' } },
         clients: { count: 5, connectTimeout: 500ms, reconnect: { base: 50ms } },
         traffic: [{ channel: { name: room }, rate: 10/s }], phases: ${phases}, validity: ${patience} }`,
    )
  }

  it('is given up after connectTimeout and tried again, by clients and publishers', async () => {
    const greeted = new Set(['probe'])
    const port = await serve(room((client) => greeted.has(client) || !greeted.add(client)))
    const { result, stdout, stderr, code } = await wsbench(['run', scenarioFor(port)])
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.connections).toMatchObject({ failed: { 'not-ready': 6 }, attempted: 12, reconnects: 0 })
    expect(result!.delivery).toMatchObject({ due: 5 * 25, delivered: 5 * 25 })
  })

  it('ends the run before any load: exit 3', async () => {
    const { code, stderr, result } = await wsbench(['run', scenarioFor(await serve(room(() => false)))])
    expect([code, result]).toEqual([3, null])
    expect(stderr).toMatch(/not-ready[\s\S]*the protocol did not/)
  })
})
