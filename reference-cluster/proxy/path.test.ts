import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventually } from '../testing/eventually.js'
import { Path } from './path.js'

let server: Server
let upstream: { host: string; port: number }
/** The upstream's ends of the connections, in order. */
let accepted: Socket[]
const opened: Socket[] = []

beforeEach(async () => {
  accepted = []
  server = createServer((socket) => {
    accepted.push(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  upstream = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
})

afterEach(() => {
  for (const socket of [...opened.splice(0), ...accepted]) socket.destroy()
  server.close()
})

/** Both ends of a connection through a path, and what each has read. */
async function throughPath() {
  const path = new Path({ host: '127.0.0.1', upstream, paths: 1 })
  const near = createConnection({ host: '127.0.0.1', port: await path.listen(), allowHalfOpen: true })
  opened.push(near)
  near.on('error', () => {})
  await eventually(() => expect(accepted).toHaveLength(1))
  const far = accepted[0]!
  return { path, near, far, nearRead: reader(near), farRead: reader(far) }
}

function reader(socket: Socket): () => string {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  return () => text
}

it('carries bytes and ends both ways', async () => {
  const { near, far, nearRead, farRead } = await throughPath()
  near.write('ping')
  await eventually(() => expect(farRead()).toBe('ping'))
  far.write('pong')
  await eventually(() => expect(nearRead()).toBe('pong'))
  near.end('bye')
  await once(far, 'end')
  expect(farRead()).toBe('pingbye')
})

it('a black hole passes no bytes and closes no connection; afterwards all bytes arrive in order', async () => {
  const { path, near, far, nearRead, farRead } = await throughPath()
  path.shape({ kind: 'black-hole' })
  near.write('one ')
  far.write('other')
  near.write('two')
  const second = createConnection({ host: '127.0.0.1', port: near.remotePort! })
  opened.push(second)
  await once(second, 'connect')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([farRead(), nearRead(), near.readyState, far.readyState]).toEqual(['', '', 'open', 'open'])
  path.shape({ kind: 'clear' })
  await eventually(() => expect([farRead(), nearRead()]).toEqual(['one two', 'other']))
})

it('delays all bytes, in order whatever the jitter', async () => {
  const { path, near, farRead } = await throughPath()
  path.shape({ kind: 'delay', delayMs: 60, jitterMs: 60, seed: 3 })
  const startMs = performance.now()
  for (let number = 0; number < 20; number += 1) {
    near.write(`${number},`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const expected = Array.from({ length: 20 }, (_, number) => `${number},`).join('')
  await eventually(() => expect(farRead()).toBe(expected))
  expect(performance.now() - startMs).toBeGreaterThan(60)
})

it('delivers delayed bytes at once when the delay is cleared', async () => {
  const { path, near, farRead } = await throughPath()
  path.shape({ kind: 'delay', delayMs: 60_000, jitterMs: 0, seed: 3 })
  near.write('held')
  await new Promise((resolve) => setTimeout(resolve, 20))
  path.shape({ kind: 'clear' })
  await eventually(() => expect(farRead()).toBe('held'))
})

it('carries more bytes than fit into any buffer to a slow reader', async () => {
  const { near, far } = await throughPath()
  far.pause()
  const bytes = 40 * 1024 * 1024
  near.end(Buffer.alloc(bytes, 'x'))
  let read = 0
  far.on('data', (chunk: Buffer) => {
    read += chunk.length
  })
  far.resume()
  await once(far, 'end')
  expect(read).toBe(bytes)
})

it('passes a reset on to the other side, and ends connections when the upstream is gone', async () => {
  const { near, far } = await throughPath()
  far.resetAndDestroy()
  await once(near, 'end')
  const { port } = server.address() as AddressInfo
  server.close()
  const path = new Path({ host: '127.0.0.1', upstream: { host: '127.0.0.1', port }, paths: 1 })
  const lonely = createConnection({ host: '127.0.0.1', port: await path.listen() })
  opened.push(lonely)
  lonely.on('error', () => {})
  lonely.resume()
  await once(lonely, 'end')
})
