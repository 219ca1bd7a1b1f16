import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { nowMicros } from '../../src/base/clock.js'
import {
  ACK_BYTES,
  at,
  kinds,
  MAX_MESSAGE_BYTES,
  NO_NODE,
  WEBSOCKET_PATH,
} from '../../src/protocols/reference.js'
import { eventually } from '../testing/eventually.js'
import { publishOf, TestClient } from '../testing/test-client.js'
import { startTestNode } from '../testing/test-node.js'
import type { NodeStats } from './counters.js'

test('a publish reaches the members of its channel only, with stamps', async () => {
  const node = await startTestNode({ id: 'n4', index: 3 })
  const [publisher, member, outsider] = await connectClients(node.port, 3)
  member.subscribe(5, 6)
  outsider.subscribe(9)
  await eventually(() => expect(member.controls).toEqual([{ op: 'subscribed', channels: [5, 6] }]))
  await eventually(() => expect(outsider.controls).toHaveLength(1))

  const before = nowMicros()
  publisher.publish({ channel: 6, sequence: 1 })
  await eventually(() => expect(member.received).toEqual(['6:1']))
  const [message] = member.messages as [Buffer]
  expect(message[at.kind]).toBe(kinds.message)
  expect(message.readUInt16LE(at.ingressNode)).toBe(3)
  expect(message.readUInt16LE(at.egressNode)).toBe(3)
  expect(message.readDoubleLE(at.ingress)).toBeGreaterThan(before)
  expect(message.readDoubleLE(at.egress)).toBeGreaterThanOrEqual(message.readDoubleLE(at.ingress))
  expect(message.readDoubleLE(at.egress)).toBeLessThan(nowMicros())
  expect(outsider.messages).toEqual([])
  expect(publisher.node).toBe('n4')
})

test('the ack is the header of the publish, with the node’s stamps', async () => {
  const node = await startTestNode({ index: 3 })
  const [publisher] = await connectClients(node.port, 1)
  publisher.publish({ channel: 6, sequence: 41 })
  await eventually(() => expect(publisher.acknowledged).toEqual(['41:accepted']))
  const expected = publishOf({ channel: 6, sequence: 41 }).subarray(0, ACK_BYTES)
  expected[at.kind] = kinds.ack
  expected.writeUInt16LE(3, at.ingressNode)
  expect(expected.readUInt16LE(at.egressNode)).toBe(NO_NODE)
  expect(publisher.acks[0]).toEqual(expected)
})

test.each([64, 125, 126, 65_535, 65_536, MAX_MESSAGE_BYTES])(
  'carries %i bytes unchanged',
  async (sizeBytes) => {
    const node = await startTestNode({ maxBacklogBytes: 4 * MAX_MESSAGE_BYTES })
    const [client] = await connectClients(node.port, 1)
    client.subscribe(1)
    for (const sequence of [1, 2]) client.publish({ channel: 1, sequence, sizeBytes })
    await eventually(() => expect(client.received).toEqual(['1:1', '1:2']))
    const filler = publishOf({ channel: 1, sequence: 1, sizeBytes }).subarray(64)
    for (const message of client.messages) expect(message.subarray(64).equals(filler)).toBe(true)
  },
)

test.each([
  ['shorter than a header', Buffer.alloc(63, kinds.publish)],
  ['of another kind', Buffer.alloc(64, kinds.message)],
])('a publish %s closes the connection with 1008', async (_what, bytes) => {
  const node = await startTestNode()
  const [client, member] = await connectClients(node.port, 2)
  member.subscribe(0, 0x02020202)
  await eventually(() => expect(member.controls).toHaveLength(1))
  client.websocket.send(bytes)
  expect(await client.closed).toBe(1008)
  expect(member.messages).toEqual([])
})

test('a message over the limit closes the connection with 1009', async () => {
  const node = await startTestNode()
  const [client] = await connectClients(node.port, 1)
  client.publish({ channel: 1, sequence: 1, sizeBytes: MAX_MESSAGE_BYTES + 1 })
  expect(await client.closed).toBe(1009)
})

test.each([
  ['invalid JSON', 'subscribe please'],
  ['an unknown op', '{"op":"shout"}'],
  ['an invalid channel', '{"op":"subscribe","channels":[-1]}'],
  ['no channels', '{"op":"subscribe","channels":[]}'],
  ['too many bytes', JSON.stringify({ op: 'subscribe', channels: Array(140_000).fill(1) })],
])('a control message with %s is answered with an error and the connection stays', async (_what, text) => {
  const node = await startTestNode()
  const [client] = await connectClients(node.port, 1)
  client.websocket.send(text)
  client.subscribe(1)
  await eventually(() => expect(client.controls).toHaveLength(2))
  expect(client.controls).toEqual([
    { op: 'error', message: expect.any(String) },
    { op: 'subscribed', channels: [1] },
  ])
})

test('answers /health and /stats', async () => {
  const node = await startTestNode({ id: 'n7' })
  const [leaving, staying] = await connectClients(node.port, 2)
  leaving.subscribe(1)
  staying.subscribe(1, 2)
  staying.publish({ channel: 1, sequence: 1 })
  await eventually(() => expect(leaving.received).toEqual(['1:1']))
  leaving.websocket.close()
  await leaving.closed

  expect((await fetch(`http://127.0.0.1:${node.port}/health`)).status).toBe(200)
  await eventually(async () => {
    const stats = (await (await fetch(`http://127.0.0.1:${node.port}/stats`)).json()) as NodeStats
    expect(stats).toMatchObject({
      id: 'n7',
      connections: 1,
      accepted: 2,
      subscriptions: 2,
      isDraining: false,
    })
    expect(stats).toMatchObject({ published: 1, refused: 0, fanned: 1, delivered: 2, withheld: 0 })
    expect(stats.rssBytes).toBeGreaterThan(0)
    expect(stats.cpuMicros).toBeGreaterThan(0)
  })
})

test('a node that withholds everything acks, delivers nothing and counts what it withholds', async () => {
  const node = await startTestNode()
  const [client, other] = await connectClients(node.port, 2)
  for (const member of [client, other]) member.subscribe(1)
  await eventually(() => expect([...client.controls, ...other.controls]).toHaveLength(2))
  node.withhold(1)
  client.publish({ channel: 1, sequence: 1 })
  await eventually(() => expect(client.acknowledged).toEqual(['1:accepted']))
  node.withhold(0)
  client.publish({ channel: 1, sequence: 2 })
  await eventually(() => expect(client.received).toEqual(['1:2']))
  expect(node.stats()).toMatchObject({ withheld: 2, fanned: 2 })
})

test('a client that does not read is disconnected at its backlog limit, the others are not', async () => {
  const node = await startTestNode({ maxBacklogBytes: 256 * 1024 })
  const [publisher, reader, stuck] = await connectClients(node.port, 3)
  for (const member of [reader, stuck]) member.subscribe(1)
  await eventually(() => expect([...reader.controls, ...stuck.controls]).toHaveLength(2))
  stuck.websocket.pause()

  let sequence = 0
  while (node.stats().backlogDisconnects === 0) {
    sequence += 1
    publisher.publish({ channel: 1, sequence, sizeBytes: 65_536 })
    await eventually(() => expect(publisher.acks).toHaveLength(sequence))
  }
  await eventually(() => expect(reader.messages).toHaveLength(sequence))
  await eventually(() => expect(node.stats().connections).toBe(2))
  expect(node.stats().backlogDisconnects).toBe(1)
  expect(reader.websocket.readyState).toBe(reader.websocket.OPEN)
})

test('a client at its backlog limit that reads again in time gets the whole backlog, then 1013', async () => {
  const node = await startTestNode({ maxBacklogBytes: 256 * 1024 })
  const [publisher, slow] = await connectClients(node.port, 2)
  slow.subscribe(1)
  await eventually(() => expect(slow.controls).toHaveLength(1))
  slow.websocket.pause()
  let sequence = 0
  while (node.stats().backlogDisconnects === 0) {
    sequence += 1
    publisher.publish({ channel: 1, sequence, sizeBytes: 65_536 })
    await eventually(() => expect(publisher.acks).toHaveLength(sequence))
  }
  slow.websocket.resume()
  expect(await slow.closed).toBe(1013)
  expect(slow.messages).toHaveLength(node.stats().delivered)
})

/** Enough to pass the backlog limit of a client that never reads; kernels buffer some of it. */
const MOST_UNREAD_BYTES = 64 * 1024 * 1024

test('a client that pings and never reads is disconnected at its backlog limit', async () => {
  const node = await startTestNode({ maxBacklogBytes: 64 * 1024 })
  const socket = upgrade(node.port, WEBSOCKET_PATH)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'readable')
  const ping = Buffer.concat([Buffer.of(0x89, 0x80 | 125, 0, 0, 0, 0), Buffer.alloc(125)])
  const pings = Buffer.concat(Array<Buffer>(500).fill(ping))
  for (let sent = 0; node.stats().backlogDisconnects === 0; sent += pings.length) {
    expect(sent).toBeLessThan(MOST_UNREAD_BYTES)
    await new Promise((resolve) => socket.write(pings, resolve))
  }
  await eventually(() => expect(node.stats().connections).toBe(0))
})

test('a client that subscribes and never reads is disconnected at its backlog limit', async () => {
  const node = await startTestNode({ maxBacklogBytes: 64 * 1024 })
  const [stuck] = await connectClients(node.port, 1)
  stuck.websocket.pause()
  const channels = Array.from({ length: 10_000 }, (_, index) => index)
  for (let sent = 0; node.stats().backlogDisconnects === 0; sent += 50_000) {
    expect(sent).toBeLessThan(MOST_UNREAD_BYTES)
    await new Promise((resolve) =>
      stuck.websocket.send(JSON.stringify({ op: 'subscribe', channels }), resolve),
    )
  }
  await eventually(() => expect(node.stats().connections).toBe(0))
})

test('a pong has the payload of its ping', async () => {
  const node = await startTestNode()
  const [client] = await connectClients(node.port, 1)
  const pong = once(client.websocket, 'pong')
  client.websocket.ping('still there?')
  expect(String((await pong)[0])).toBe('still there?')
})

test('other paths are refused', async () => {
  const node = await startTestNode()
  expect((await fetch(`http://127.0.0.1:${node.port}/`)).status).toBe(404)
  const socket = upgrade(node.port, '/elsewhere')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /)
  socket.destroy()
})

/** A socket that has sent a WebSocket handshake. */
function upgrade(port: number, path: string): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  const key = Buffer.alloc(16).toString('base64')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`)
  socket.write(`Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`)
  return socket
}

/** As a tuple that can be destructured. */
async function connectClients(port: number, count: number): Promise<[TestClient, TestClient, TestClient]> {
  const clients = await Promise.all(Array.from({ length: count }, () => TestClient.connect(port)))
  return clients as [TestClient, TestClient, TestClient]
}
