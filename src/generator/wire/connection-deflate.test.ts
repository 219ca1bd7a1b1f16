import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type PerMessageDeflateOptions, type WebSocket, WebSocketServer } from 'ws'
import { Connection } from './connection.js'

const compressible = 'ä'.repeat(10_000)
const servers: WebSocketServer[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const socket of server.clients) socket.terminate()
    server.close()
  }
})

it.each<[string, PerMessageDeflateOptions]>([
  ['would take over context', { threshold: 0 }],
  ['takes over no context', { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ['has a small window', { threshold: 0, serverMaxWindowBits: 9 }],
])('exchanges compressed messages with a ws server that %s', async (_which, deflate) => {
  const { connection, peer, rawPeer, until } = await connect(deflate)
  expect(peer.extensions).toBe('permessage-deflate')
  peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }))
  const before = { written: rawPeer.bytesWritten, read: rawPeer.bytesRead }
  for (const text of [compressible, 'b', '', compressible]) {
    connection.send(text)
    await until((events) => events.at(-1) === `text ${text}`)
  }
  connection.send(Buffer.from(compressible))
  await until((events) => events.at(-1) === `binary ${compressible}`)
  expect(rawPeer.bytesWritten - before.written).toBeLessThan(2000)
  expect(rawPeer.bytesRead - before.read).toBeLessThan(2000)
})

it('joins compressed fragments around a ping', async () => {
  const { peer, until } = await connect({ threshold: 0 })
  peer.send('frag', { fin: false })
  peer.ping()
  peer.send('ments, ', { fin: false })
  peer.send('compressed', { fin: true })
  await until((events) => events.includes('text fragments, compressed'))
})

it('messages are uncompressed below the threshold, and both ways if the server declines', async () => {
  for (const deflate of [{ threshold: 1024 }, false] as const) {
    const { connection, peer, rawPeer, until } = await connect(deflate)
    peer.send('short')
    await until((events) => events.includes('text short'))
    connection.send(compressible)
    expect(String((await once(peer, 'message'))[0])).toBe(compressible)
    expect(rawPeer.bytesRead > 20_000).toBe(deflate === false)
  }
})

it('closes with 1009 on a decompression bomb, and with 1002 on RSV1 that was not negotiated', async () => {
  const negotiated = await connect({ threshold: 0 })
  negotiated.peer.send(Buffer.alloc(50 << 20))
  expect((await once(negotiated.peer, 'close'))[0]).toBe(1009)
  const declined = await connect(false)
  declined.rawPeer.write(Buffer.from([0xc1, 1, 0]))
  expect((await once(declined.peer, 'close'))[0]).toBe(1002)
})

it('is refused by a server that requires context takeover', async () => {
  await expect(connect({ serverNoContextTakeover: false })).rejects.toBe('http-400')
})

/** Opens a connection that offers permessage-deflate; returns both ends and a wait for its events. */
async function connect(perMessageDeflate: PerMessageDeflateOptions | false) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate })
  servers.push(server)
  await once(server, 'listening')
  const events: string[] = []
  let wake = (): void => {}
  const note = (event: string): void => {
    events.push(event)
    wake()
  }
  const accepted = once(server, 'connection')
  const connection = await new Promise<Connection>((resolve, reject) => {
    new Connection({
      id: 1,
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      path: '/',
      tls: null,
      timeoutMs: 5000,
      offersDeflate: true,
      handlers: {
        onOpen: resolve,
        onText: (_connection, buffer, start, end) => note(`text ${buffer.toString('utf8', start, end)}`),
        onBinary: (_connection, buffer, start, end) => note(`binary ${buffer.toString('utf8', start, end)}`),
        onClose: (_connection, code, reason) => note(`close ${code} ${reason}`),
        onFailure: (_connection, kind) => reject(kind),
      },
    })
  })
  const [peer, request] = (await accepted) as [WebSocket, { socket: Socket }]
  peer.on('error', () => {})
  const until = async (isReached: (events: readonly string[]) => boolean): Promise<void> => {
    while (!isReached(events)) await new Promise<void>((resolve) => (wake = resolve))
  }
  return { connection, peer, rawPeer: request.socket, until }
}
