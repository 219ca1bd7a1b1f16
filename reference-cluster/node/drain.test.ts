import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { NODE_HEADER, WEBSOCKET_PATH } from '../../src/protocols/reference.js'
import { eventually } from '../testing/eventually.js'
import { TestClient } from '../testing/test-client.js'
import { startTestNode } from '../testing/test-node.js'

test('tells every client 1001, refuses newcomers meanwhile, and ends once all have gone', async () => {
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

test('nothing follows the Close, and who does not answer it is cut off when the window ends', async () => {
  const node = await startTestNode({ drain: { mode: 'close', windowMs: 300 } })
  const [publisher, stuck] = await Promise.all([TestClient.connect(node.port), TestClient.connect(node.port)])
  stuck.subscribe(1)
  await eventually(() => expect(stuck.controls).toHaveLength(1))
  stuck.websocket.pause()
  publisher.websocket.pause()
  const drained = node.drain()
  // Already on its way when the Close was sent: taken, but delivered to nobody here.
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

test('draining twice is draining once', async () => {
  const node = await startTestNode()
  const client = await TestClient.connect(node.port)
  expect(await Promise.all([node.drain(), node.drain()])).toEqual([1, 1])
  await client.closed
})

test('a connection without a request does not hold it up', async () => {
  const node = await startTestNode()
  const idle = connect(node.port, '127.0.0.1')
  const closed = new Promise((resolve) => idle.once('close', resolve))
  await new Promise((resolve) => idle.once('connect', resolve))
  expect(await node.drain()).toBe(0)
  await closed
})

/** What the node says to a WebSocket handshake that it refuses. */
async function refusalOf(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `GET ${WEBSOCKET_PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  )
  const answer = await socket.toArray()
  return Buffer.concat(answer).toString('latin1')
}
