import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { createTlsIdentity } from '../../cluster/tls/certificate.js'
import { NODE_HEADER } from '../../protocols/reference.js'
import { Connection, type ConnectionOptions, type WireHandlers } from './connection.js'

const servers: net.Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

describe('a connection that does not open', () => {
  it('is refused', async () => {
    const port = await listen(() => {})
    await once(servers[0]!.close(), 'close')
    expect(await outcomeOf({ port })).toEqual(['failure refused'])
  })

  it.each<[string, (socket: net.Socket) => void]>([
    ['closed', (socket) => void socket.end()],
    ['closed', (socket) => void socket.end('HTTP/1.1 101 Switching Proto')],
    ['reset', (socket) => void socket.resetAndDestroy()],
    ['http-502', (socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad')],
    ['http-503', (socket) => void socket.write('HTTP/1.0 503 Service Unavailable\r\n\r\n')],
    ['http-503 by n2', (socket) => void socket.write(`HTTP/1.1 503 Leaving\r\n${NODE_HEADER}: n2\r\n\r\n`)],
    ['http-200', (socket) => void socket.write('HTTP/1.1 200 OK\r\nUpgrade: websocket\r\n\r\n')],
    ['bad-handshake', (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n')],
    ['bad-handshake', (socket) => void socket.write(acceptance('of another key'))],
    ['bad-handshake', (socket) => void socket.write(`HTTP/1.1 502 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`)],
    ['bad-handshake', (socket) => void socket.write(`HTTP/1.1 502 OK\r\nX: ${'x'.repeat(70_000)}`)],
  ])('reports %s', async (kind, answer) => {
    const port = await listen((socket) => socket.once('data', () => answer(socket)))
    expect(await outcomeOf({ port })).toEqual([`failure ${kind}`])
  })

  it.each([
    ['of another CA', '127.0.0.1', createTlsIdentity('127.0.0.1').ca],
    ['for another host', '127.0.0.9', undefined],
  ])('reports bad-certificate for one %s', async (_which, certified, otherCa) => {
    const { certificate: cert, key, ca } = createTlsIdentity(certified)
    const server = tls.createServer({ cert, key }, (socket) => socket.on('error', () => {}))
    servers.push(server.on('tlsClientError', () => {}).listen(0))
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    expect(await outcomeOf({ port, tls: { ca: otherCa ?? ca } })).toEqual(['failure bad-certificate'])
  })

  it('reports tls-failed if the server does not speak TLS', async () => {
    const port = await listen((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    const { ca } = createTlsIdentity('127.0.0.1')
    expect(await outcomeOf({ port, tls: { ca } })).toEqual(['failure tls-failed'])
  })

  it('reports a timeout, and closes its socket', async () => {
    let closed: Promise<unknown> = Promise.resolve()
    const port = await listen((socket) => {
      closed = once(socket.resume(), 'close')
    })
    expect(await outcomeOf({ port, timeoutMs: 100 })).toEqual(['failure timeout'])
    await closed
  })

  it('a timeout does not affect connections that opened in time', async () => {
    let isFirst = true
    const port = await listen((socket) => {
      if (isFirst) socket.once('data', (request) => socket.write(answerTo(request)))
      isFirst = false
    })
    const open = await new Promise<Connection>((resolve) => {
      void outcomeOf({ port, timeoutMs: 100 }, () => {}, { onOpen: resolve })
    })
    expect(await outcomeOf({ port, timeoutMs: 100 })).toEqual(['failure timeout'])
    expect(open.isOpen).toBe(true)
    open.destroy()
  })

  it('reports aborted after destroy() or close()', async () => {
    const port = await listen(() => {})
    expect(await outcomeOf({ port }, (connection) => connection.destroy())).toEqual(['failure aborted'])
    expect(await outcomeOf({ port }, (connection) => connection.close())).toEqual(['failure aborted'])
  })

  it('reports no-ports for an address that this host does not have', async () => {
    const port = await listen(() => {})
    expect(await outcomeOf({ port, localAddress: '192.0.2.1' })).toEqual(['failure no-ports'])
  })

  it.skipIf(process.platform !== 'linux')('reports no-descriptors if the process has none left', async () => {
    const port = await listen(() => {})
    expect(await withoutDescriptors(() => outcomeOf({ port }))).toEqual(['failure no-descriptors'])
  })
})

describe('an opening handshake', () => {
  it('may arrive in two pieces, cut anywhere, with the first frames after it', async () => {
    const length = acceptance('').length + FIRST_FRAMES.length
    for (let cut = 1; cut < length; cut += 1) {
      expect(await openInPieces(cut), `cut at ${cut}`).toEqual(['open', 'text hello', 'close 1001 '])
    }
  })

  it('delivers frames that came with the response after onOpen, and none if onOpen closes the connection', async () => {
    const port = await listen((socket) => {
      socket.once('data', (request) => socket.write(Buffer.concat([answerTo(request), FIRST_FRAMES])))
    })
    expect(await outcomeOf({ port })).toEqual(['open', 'text hello', 'close 1001 '])
    expect(await outcomeOf({ port }, () => {}, { onOpen: (connection) => connection.close() })).toEqual([
      'open',
      'close 1001 ',
    ])
  })
})

const FIRST_FRAMES = Buffer.from('\x81\x05hello\x88\x02\x03\xe9', 'latin1')

/** The events of a connection that reads the response in two pieces. */
async function openInPieces(cut: number): Promise<string[]> {
  let opening: Connection
  const port = await listen((socket) => {
    socket.once('data', (request) => {
      const answer = Buffer.concat([answerTo(request), FIRST_FRAMES])
      const readBuffer = Buffer.from(answer)
      opening.onBytes(readBuffer, cut)
      answer.copy(readBuffer.fill('\r\n\r\n'), 0, cut)
      opening.onBytes(readBuffer, answer.length - cut)
    })
  })
  return outcomeOf({ port }, (connection) => {
    opening = connection
  })
}

async function listen(onConnection: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => onConnection(socket.on('error', () => {})))
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as net.AddressInfo).port
}

function answerTo(request: Buffer): Buffer {
  return Buffer.from(acceptance(/Sec-WebSocket-Key: (.*)\r\n/.exec(request.toString('latin1'))![1]!))
}

function acceptance(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

/** The events of a connection up to its failure or close; it is destroyed then. */
function outcomeOf(
  options: Partial<ConnectionOptions> & { port: number },
  act: (connection: Connection) => void = () => {},
  also: Partial<WireHandlers> = {},
): Promise<string[]> {
  return new Promise((resolve) => {
    const events: string[] = []
    const end = (connection: Connection, event: string): void => {
      events.push(event)
      connection.destroy()
      resolve(events)
    }
    const handlers: WireHandlers = {
      onOpen: (connection, head) => {
        events.push('open')
        also.onOpen?.(connection, head)
      },
      onText: (_connection, buffer, start, end) => events.push(`text ${buffer.toString('utf8', start, end)}`),
      onBinary: () => events.push('binary'),
      onClose: (connection, code, reason) => end(connection, `close ${code} ${reason}`),
      onFailure: (connection, kind, head) => {
        const by = head?.headers.get(NODE_HEADER)
        end(connection, `failure ${kind}${by ? ` by ${by}` : ''}`)
      },
    }
    act(
      new Connection({
        id: 1,
        host: '127.0.0.1',
        path: '/',
        tls: null,
        timeoutMs: 5000,
        handlers,
        ...options,
      }),
    )
  })
}

/** Runs `action` while no further file can be opened, and restores the limit. */
async function withoutDescriptors<T>(action: () => Promise<T>): Promise<T> {
  const hard = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))![1]
  const setLimit = (soft: number | string): void => {
    execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:${hard}`])
  }
  const held: number[] = []
  setLimit(Math.max(...readdirSync('/proc/self/fd').map(Number)) + 64)
  try {
    for (;;) held.push(openSync('/dev/null', 'r'))
  } catch (error) {
    expect(error).toMatchObject({ code: 'EMFILE' })
    return await action()
  } finally {
    for (const descriptor of held) closeSync(descriptor)
    setLimit(hard!)
  }
}
