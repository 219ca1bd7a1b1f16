import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { EndpointTls } from '../../cluster/cluster.js'
import { createTlsIdentity } from '../../cluster/tls/certificate.js'
import { CLOSE_DEADLINE_MS, Connection, type WireHandlers } from './connection.js'
import { encodeFrame } from './frame-writer.js'
import { opcodes } from './opcodes.js'

const identity = createTlsIdentity('127.0.0.1')
let http: Server
let server: WebSocketServer
let trust: EndpointTls | null
/** The newest connection's, below TLS. */
let tcpPeer: Socket

describe.each([
  ['TCP', () => createServer(), null],
  ['TLS', () => createTlsServer({ cert: identity.certificate, key: identity.key }), { ca: identity.ca }],
])('an open connection to ws over %s', (_name, createHttp, trusted) => {
  beforeAll(async () => {
    trust = trusted
    http = createHttp()
    server = new WebSocketServer({ server: http, perMessageDeflate: false })
    http.on('connection', (socket) => {
      tcpPeer = socket
    })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
  })

  afterAll(() => void http.close())

  it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('echoes %i bytes', async (size) => {
    const { connection, peer, until } = await connect()
    peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }))
    const text = 'ä'.repeat(size / 2).padEnd(size, 'x')
    expect(connection.sendFrame(encodeFrame(opcodes.binary, Buffer.alloc(size, 0xa5)))).toBe(true)
    await until((events) => events.at(-1) === `binary ${'a5'.repeat(size)}`)
    expect(connection.send(text)).toBe(true)
    await until((events) => events.at(-1) === `text ${text}`)
    connection.destroy()
  })

  it('joins fragments around a ping, and answers the ping', async () => {
    const { connection, peer, events, until } = await connect()
    const pong = once(peer, 'pong')
    peer.send('frag', { fin: false })
    peer.ping('are you there')
    peer.send('ments', { fin: true })
    expect(String((await pong)[0])).toBe('are you there')
    await until(() => events.includes('text fragments'))
    connection.destroy()
  })

  it.each([1000, 1001, 1008, 1011, 1012, 1013, 3000, 4999])('reports and answers Close %i', async (code) => {
    const { peer, events } = await connect()
    const closed = once(peer, 'close')
    peer.close(code, 'because')
    expect((await closed)[0]).toBe(code)
    expect(events).toEqual(['open', `close ${code} because`])
  })

  it('reports 1005 for a Close without a code', async () => {
    const { peer, events } = await connect()
    const closed = once(peer, 'close')
    peer.close()
    expect((await closed)[0]).toBe(1005)
    expect(events).toEqual(['open', 'close 1005 '])
  })

  it('closes with a single frame; the peer gets code and reason, and its answer is reported', async () => {
    const { connection, peer, rawPeer, events, until } = await connect()
    const closed = once(peer, 'close')
    const readBefore = rawPeer.bytesRead
    connection.close(4001, 'bye')
    expect((await closed).map(String)).toEqual(['4001', 'bye'])
    await until(() => events.length === 2)
    expect(events).toEqual(['open', 'close 4001 bye'])
    expect(rawPeer.bytesRead - readBefore).toBe(encodeFrame(opcodes.close, '  bye').length)
  })

  it('neither sends nor delivers after close()', async () => {
    const { connection, peer, events, until } = await connect()
    const received: string[] = []
    peer.on('message', (data) => received.push(String(data)))
    connection.close()
    peer.send('too late')
    expect(connection.isOpen).toBe(false)
    expect(connection.send('too late')).toBe(false)
    expect(connection.sendFrame(encodeFrame(opcodes.text, 'too late'))).toBe(false)
    await until(() => events.length === 2)
    expect(events).toEqual(['open', 'close 1000 '])
    expect(received).toEqual([])
  })

  it('reports 1006 if the peer does not answer its Close in time', async () => {
    const { connection, peer, events, until } = await connect()
    peer.pause()
    const began = performance.now()
    connection.close()
    await until(() => events.length === 2)
    expect(events).toEqual(['open', 'close 1006 '])
    expect(performance.now() - began).toBeGreaterThanOrEqual(CLOSE_DEADLINE_MS - 1)
  })

  it('ends a socket that the peer leaves open after the closing handshake', async () => {
    const { rawPeer, events, until } = await connect()
    rawPeer.removeAllListeners('data')
    const ended = once(rawPeer.resume(), 'close')
    rawPeer.write(Buffer.from([0x88, 2, 0x03, 0xe9]))
    await until(() => events.length === 2)
    await ended
    expect(events).toEqual(['open', 'close 1001 '])
  })

  it.each([
    ['1002', Buffer.from([0xff, 0]), 'close 1002 reserved bits must be clear'],
    ['1007', Buffer.from([0x81, 1, 0xff]), 'close 1007 text is not UTF-8'],
    [
      '1009',
      Buffer.from([0x82, 127, 0, 0, 0, 0, 0x7f, 0, 0, 0]),
      'close 1009 message of more than 1048576 bytes',
    ],
  ])('closes with %s if the peer violates the protocol', async (code, bytes, event) => {
    const { peer, rawPeer, events } = await connect()
    const closed = once(peer, 'close')
    rawPeer.write(bytes)
    expect(String((await closed)[0])).toBe(code)
    expect(events).toEqual(['open', event])
  })

  it.each<[string, (peer: Socket) => void]>([
    ['destroys its socket', (peer) => void peer.destroy()],
    ['resets', () => void tcpPeer.resetAndDestroy()],
    ['ends', (peer) => void peer.end()],
    ['ends within a frame', (peer) => void peer.end(Buffer.from([0x82, 126, 1, 0, 7, 7]))],
  ])('reports 1006 once if the peer %s', async (_name, leave) => {
    const { connection, rawPeer, events, until } = await connect()
    leave(rawPeer)
    await until(() => events.length === 2)
    expect(events).toEqual(['open', 'close 1006 '])
    expect(connection.send('anybody there?')).toBe(false)
  })

  it('reports 1006 after destroy(), and nothing that was still in the buffer', async () => {
    const couldSend: boolean[] = []
    const { rawPeer, events, until } = await connect({
      onText: (connection) => {
        connection.destroy()
        couldSend.push(connection.isOpen, connection.send('late'))
      },
    })
    rawPeer.write(Buffer.from('\x81\x03one\x81\x03two\x88\x02\x03\xe9', 'latin1'))
    await until(() => events.length > 2)
    expect(events).toEqual(['open', 'text one', 'close 1006 '])
    expect(couldSend).toEqual([false, false])
  })

  it('counts bytes that the kernel has not taken', async () => {
    const { connection, peer, rawPeer } = await connect()
    const frame = encodeFrame(opcodes.binary, Buffer.alloc(1 << 20))
    let sent = 0
    peer.pause()
    for (; connection.pendingBytes === 0; sent += 1) connection.sendFrame(frame)
    const all = new Promise<void>((resolve) => peer.on('message', () => --sent === 0 && resolve()))
    peer.resume()
    await all
    expect(connection.pendingBytes).toBe(0)
    rawPeer.destroy()
  })

  it('reads nothing while paused, not even the end, and everything after it resumes', async () => {
    const { connection, peer, events, until } = await connect()
    connection.pause()
    peer.send('late')
    peer.terminate()
    const other = await connect()
    other.peer.send('a round trip on another connection')
    await other.until(({ length }) => length > 1)
    expect(events).toEqual(['open'])
    connection.resume()
    await until(({ length }) => length > 2)
    expect(events).toEqual(['open', 'text late', 'close 1006 '])
    other.connection.destroy()
  })

  it.skipIf(process.platform !== 'linux')('connects from the local address given', async () => {
    const { connection, rawPeer } = await connect({}, '127.9.8.7')
    expect(rawPeer.remoteAddress).toBe('127.9.8.7')
    connection.destroy()
  })
})

type Until = (isReached: (events: readonly string[]) => boolean) => Promise<void>

/** Opens a connection; returns both ends and its events. `also` is called after an event is noted. */
async function connect(also: Partial<WireHandlers> = {}, localAddress?: string) {
  const events: string[] = []
  let wake = (): void => {}
  const note = (event: string): void => {
    events.push(event)
    wake()
  }
  const handlers: WireHandlers = {
    onOpen: () => note('open'),
    onText: (connection, buffer, start, end) => {
      note(`text ${buffer.toString('utf8', start, end)}`)
      also.onText?.(connection, buffer, start, end)
    },
    onBinary: (_connection, buffer, start, end) => note(`binary ${buffer.toString('hex', start, end)}`),
    onClose: (_connection, code, reason) => note(`close ${code} ${reason}`),
    onFailure: (_connection, kind) => note(`failure ${kind}`),
  }
  const until: Until = async (isReached) => {
    while (!isReached(events)) await new Promise<void>((resolve) => (wake = resolve))
  }
  const accepted = once(server, 'connection')
  const { port } = http.address() as AddressInfo
  const address = localAddress === undefined ? {} : { localAddress }
  const connection = new Connection({
    id: 7,
    host: '127.0.0.1',
    port,
    path: '/',
    tls: trust,
    timeoutMs: 5000,
    handlers,
    ...address,
  })
  const [peer, request] = (await accepted) as [WebSocket, { socket: Socket }]
  peer.on('error', () => {})
  await until(() => events.length > 0)
  expect(events).toEqual(['open'])
  return { connection, peer, rawPeer: request.socket, events, until }
}
