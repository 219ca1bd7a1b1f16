import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { NODE_HEADER, WEBSOCKET_PATH } from '../../src/protocols/reference.js'
import { subscribed } from '../testing/bridge-setups.js'
import { eventually } from '../testing/eventually.js'
import { TestClient } from '../testing/test-client.js'
import { startTestNode } from '../testing/test-node.js'

test('sends every client 1001, refuses new ones meanwhile, and ends once all have disconnected', async () => {
  const node = await startTestNode({ drain: { mode: 'close', windowMs: 60_000 } })
  const clients = await Promise.all([1, 2, 3].map(() => TestClient.connect(node.port)))
  const [stalling] = clients as [TestClient]
  stalling.websocket.pause()

  let isDrained = false
  const drained = node.drain().finally(() => {
    isDrained = true
  })
  expect(await Promise.all(clients.slice(1).map((client) => client.closed))).toEqual([1001, 1001])
  expect((await fetch(`http://127.0.0.1:${node.port}/health`)).status).toBe(503)
  expect(await refusalOf(node.port)).toMatch(new RegExp(`^HTTP/1.1 503 .*\r\n${NODE_HEADER}: n1\r\n`))
  expect(node.stats()).toMatchObject({ isDraining: true, connections: 1 })
  await expect(TestClient.connect(node.port)).rejects.toThrow('503')
  expect(isDrained).toBe(false)

  stalling.websocket.resume()
  expect(await drained).toBe(3)
  expect(await stalling.closed).toBe(1001)
  await expect(fetch(`http://127.0.0.1:${node.port}/health`)).rejects.toThrow()
})

test('no data follows the Close, and clients that do not answer it are terminated when the window ends', async () => {
  const node = await startTestNode({ drain: { mode: 'close', windowMs: 300 } })
  const [publisher, stuck] = await Promise.all([TestClient.connect(node.port), TestClient.connect(node.port)])
  stuck.subscribe(1)
  await eventually(() => expect(stuck.controls).toHaveLength(1))
  stuck.websocket.pause()
  publisher.websocket.pause()
  const drained = node.drain()
  // In flight when the Close was sent: accepted, but not delivered here.
  publisher.publish({ channel: 1, sequence: 1 })
  await eventually(() => expect(node.stats()).toMatchObject({ fanned: 1, delivered: 0 }))
  expect(await drained).toBe(2)
  expect(node.stats().connections).toBe(0)
  stuck.websocket.resume()
  publisher.websocket.resume()
  expect(await stuck.closed).toBe(1001)
  expect(stuck.messages).toEqual([])
  expect(publisher.acks).toEqual([])
})

test('a client whose connection fails meanwhile does not fail the drain', async () => {
  const node = await startTestNode({ drain: { mode: 'close', windowMs: 300 } })
  const client = await TestClient.connect(node.port)
  client.websocket.pause()
  const drained = node.drain()
  const { _socket: socket } = client.websocket as unknown as { readonly _socket: Socket }
  // A client's frames must be masked; this one is not.
  socket.write(Buffer.from([0x82, 0x00]))
  expect(await drained).toBe(1)
})

test('a second drain joins the first', async () => {
  const node = await startTestNode()
  const client = await TestClient.connect(node.port)
  expect(await Promise.all([node.drain(), node.drain()])).toEqual([1, 1])
  await client.closed
})

test('a connection without a request does not delay it', async () => {
  const node = await startTestNode()
  const idle = connect(node.port, '127.0.0.1')
  const closed = new Promise((resolve) => idle.once('close', resolve))
  await new Promise((resolve) => idle.once('connect', resolve))
  expect(await node.drain()).toBe(0)
  await closed
})

test('staggered: 1001 to all, spread over the window', async () => {
  const node = await startTestNode({ drain: { mode: 'staggered', windowMs: 1_000 } })
  const clients = await connectTo(node, 20)
  const drained = node.drain()
  await Promise.race(clients.map(({ closed }) => closed))
  expect(node.stats().connections).toBeGreaterThan(0)
  expect(new Set(await Promise.all(clients.map(({ closed }) => closed)))).toEqual(new Set([1001]))
  expect(await drained).toBe(20)
})

test('new clients are accepted until the balancer sends no more, and are drained like the others', async () => {
  const node = await startTestNode({ drain: { mode: 'staggered', windowMs: 0 } })
  const [client] = await connectTo(node, 1)
  const drained = node.drain()
  expect((await fetch(`http://127.0.0.1:${node.port}/health`)).status).toBe(503)
  const [newcomer] = await connectTo(node, 1)
  expect(await drained).toBe(2)
  expect([await client?.closed, await newcomer?.closed]).toEqual([1001, 1001])
})

test('handover: each client is asked to move, and those that have moved are not closed', async () => {
  const node = await startTestNode({ drain: { mode: 'handover', windowMs: 100 } })
  const other = await startTestNode({ id: 'n2', index: 1 })
  const clients = await connectTo(node, 5)
  for (const client of clients) await subscribed(client, 1)
  const drained = node.drain()
  const codes = clients.map(async (client) => {
    await eventually(() => expect(client.controls.at(-1)).toEqual({ op: 'reconnect' }))
    const [successor] = await connectTo(other, 1)
    await subscribed(successor!, 1)
    client.unsubscribe()
    await eventually(() => expect(client.controls.at(-1)).toEqual({ op: 'unsubscribed' }))
    client.websocket.close(1000)
    return client.closed
  })
  expect(await Promise.all(codes)).toEqual([1000, 1000, 1000, 1000, 1000])
  expect(await drained).toBe(5)
})

test('handover: clients that do not move get 1001 after the grace, and are terminated if they do not answer it', async () => {
  const node = await startTestNode({ drain: { mode: 'handover', windowMs: 0 } })
  const [deaf, stuck] = await connectTo(node, 2)
  stuck!.websocket.pause()
  expect(await node.drain()).toBe(2)
  expect(deaf!.controls).toEqual([{ op: 'reconnect' }])
  expect(await deaf!.closed).toBe(1001)
  stuck!.websocket.resume()
  expect(await stuck!.closed).toBe(1001)
})

function connectTo({ port }: { readonly port: number }, count: number): Promise<TestClient[]> {
  return Promise.all(Array.from({ length: count }, () => TestClient.connect(port)))
}

/** The node's response to a WebSocket handshake that it refuses. */
async function refusalOf(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `GET ${WEBSOCKET_PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  )
  const answer = await socket.toArray()
  return Buffer.concat(answer).toString('latin1')
}
