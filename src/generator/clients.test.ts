import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { nowMicros } from '../base/clock.js'
import type { Plan } from '../plan/plan.js'
import { writeFiller } from '../protocols/filler.js'
import {
  at,
  type ClientControl,
  HEADER_BYTES,
  kinds,
  messageStatus,
  type NodeControl,
  type SubscribeRequest,
  sealOf,
  writePublish,
} from '../protocols/reference.js'
import { SubscriptionLayout } from '../results/delivery/layout.js'
import { DeliveryTracker } from '../results/delivery/tracker.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { Clients } from './clients.js'
import { HopRecorder } from './hop-recorder.js'
import { NodeNames } from './node-names.js'
import { Recorder } from './recorder.js'

const RUN = 7
const SIZE_BYTES = 128

/** A client's connection, as the server sees it, and what the client asked for on it. */
interface Peer {
  readonly socket: WebSocket
  readonly asked: ClientControl[]
}

function sendControl({ socket }: Peer, control: NodeControl): void {
  socket.send(JSON.stringify(control))
}

function confirm(peer: Peer, recovered = false, offset = 0): void {
  sendControl(peer, {
    op: 'subscribed',
    channels: [0],
    recovered,
    position: { epoch: 'first', offsets: [offset] },
  })
}

function send({ socket }: Peer, sequence: number): void {
  const message = Buffer.alloc(HEADER_BYTES)
  // Later than the subscription, however long its confirmation takes.
  const sentMicros = nowMicros() + 1_000_000
  writePublish(message, 0, {
    ...{ run: RUN, publisher: 0, channel: 0, sequence },
    ...{ plannedMicros: sentMicros, sentMicros },
  })
  message[at.kind] = kinds.message
  message.writeDoubleLE(sequence * 10, at.offset)
  socket.send(message)
}

function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 })
}

type Heartbeat = Plan['clients']['heartbeat']

/** One client, and a server that does nothing by itself. */
async function begin({ graceMs = 60_000, resume = false, heartbeat = null as Heartbeat } = {}) {
  const peers: Peer[] = []
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false })
  server.on('connection', (socket) => {
    const asked: ClientControl[] = []
    socket.on('message', (data) => asked.push(JSON.parse(data.toString())))
    peers.push({ socket, asked })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const sample = samplePlan()
  const plan = {
    ...sample,
    workers: 1,
    clients: { ...sample.clients, count: 1, reconnect: { baseMs: 1, capMs: 1, resume }, heartbeat },
    channels: [{ ...sample.channels[0]!, members: 1, publishers: 1, sizeBytes: SIZE_BYTES }],
    phases: { ...sample.phases, graceMs },
  }
  const { port } = server.address() as AddressInfo
  const endpoints = [{ host: '127.0.0.1', port, path: '/', tls: null }]
  const context = { plan, run: RUN, worker: 0, endpoints, brokerUrl: null, access: null, random: () => 0 }
  const layout = new SubscriptionLayout(1, plan.channels, 0, 1)
  const tracker = new DeliveryTracker(layout, plan.phases.spans, 5_000, graceMs * 1000)
  const recorder = new Recorder(plan, layout)
  const clients = new Clients(new HopRecorder(1), context, layout, tracker, recorder, new NodeNames())
  onTestFinished(() => {
    server.close()
    clients.destroy()
    for (const { socket } of peers) socket.terminate()
  })
  const peer = async (index: number): Promise<Peer> => {
    await eventually(() => expect(peers[index]?.asked).toHaveLength(1))
    return peers[index]!
  }
  clients.connect(0)
  return { clients, tracker, peers, peer }
}

const unsubscribe: ClientControl = { op: 'unsubscribe' }

test('advised to reconnect, it subscribes on a second connection before it leaves the first', async () => {
  const { clients, tracker, peers, peer } = await begin()
  const old = await peer(0)
  confirm(old)
  send(old, 1)
  sendControl(old, { op: 'reconnect' })
  sendControl(old, { op: 'reconnect' })
  const successor = await peer(1)
  expect(old.asked).toHaveLength(1)
  send(old, 2)
  await eventually(() => expect(tracker.firstCopies).toBe(2))
  confirm(successor)
  await eventually(() => expect(old.asked).toContainEqual(unsubscribe))
  for (const each of [old, successor]) send(each, 3)
  await eventually(() => expect(tracker.firstCopies).toBe(3))
  expect(clients.counters.subscribedByNode).toEqual([1])
  const closed = new Promise<number>((resolve) => old.socket.once('close', resolve))
  sendControl(old, { op: 'unsubscribed' })
  expect(await closed).toBe(1000)
  send(successor, 4)
  await eventually(() => expect(tracker.firstCopies).toBe(4))
  expect(tracker.epochs.of(0)).toHaveLength(2)
  expect(tracker.epochs.leftOf(0)).toBe(-1)
  expect(tracker.unexpectedCopies).toBe(0)
  expect(peers).toHaveLength(2)
})

test('if the server does not confirm the unsubscribe within the grace period, the old connection is destroyed', async () => {
  const { tracker, peer } = await begin({ graceMs: 50 })
  const old = await peer(0)
  confirm(old)
  sendControl(old, { op: 'reconnect' })
  confirm(await peer(1))
  await new Promise((resolve) => old.socket.once('close', resolve))
  await eventually(() => expect(tracker.epochs.leftOf(0)).toBe(-1))
  expect(tracker.epochs.openOf(0)).toBe(1)
})

test('if the old connection ends first, the second one replaces it, and no third is opened', async () => {
  const { clients, tracker, peers, peer } = await begin()
  const old = await peer(0)
  confirm(old)
  sendControl(old, { op: 'reconnect' })
  const successor = await peer(1)
  old.socket.close(1001)
  await eventually(() => expect(tracker.epochs.openOf(0)).toBe(-1))
  confirm(successor)
  await eventually(() => expect(tracker.epochs.openOf(0)).toBe(1))
  expect(peers).toHaveLength(2)
  expect(clients.counters.subscribedByNode).toEqual([1])
})

test('if the second connection ends before it is subscribed, the first remains and another one is opened', async () => {
  const { tracker, peer } = await begin()
  const old = await peer(0)
  confirm(old)
  sendControl(old, { op: 'reconnect' })
  const failed = await peer(1)
  failed.socket.terminate()
  const second = await peer(2)
  send(old, 1)
  await eventually(() => expect(tracker.firstCopies).toBe(1))
  confirm(second)
  await eventually(() => expect(old.asked).toContainEqual(unsubscribe))
  expect(tracker.epochs.leftOf(0)).toBe(0)
})

test('if the second connection ends after it is subscribed, the old one is closed too', async () => {
  const { tracker, peer } = await begin()
  const old = await peer(0)
  confirm(old)
  sendControl(old, { op: 'reconnect' })
  const successor = await peer(1)
  confirm(successor)
  await eventually(() => expect(old.asked).toContainEqual(unsubscribe))
  const closed = new Promise((resolve) => old.socket.once('close', resolve))
  successor.socket.terminate()
  await closed
  confirm(await peer(2))
  await eventually(() => expect(tracker.epochs.openOf(0)).toBe(2))
})

test('on a reconnect it resumes from the epoch and offset of the last message', async () => {
  const { tracker, peer } = await begin({ resume: true })
  const first = await peer(0)
  expect((first.asked[0] as SubscribeRequest).resume).toEqual({ epoch: '', offsets: [] })
  confirm(first, false, 5)
  for (const sequence of [1, 2]) send(first, sequence)
  await eventually(() => expect(tracker.firstCopies).toBe(2))
  first.socket.terminate()
  const second = await peer(1)
  expect((second.asked[0] as SubscribeRequest).resume).toEqual({ epoch: 'first', offsets: [20] })
  confirm(second, true, 20)
  await eventually(() => expect(tracker.epochs.openOf(0)).toBe(1))
  expect(tracker.epochs.isRecovered(1)).toBe(true)
})

test('without resume it asks for no position', async () => {
  const { peer } = await begin()
  expect((await peer(0)).asked[0]).toEqual({ op: 'subscribe', channels: [0] })
})

/** A client after a handover, with an unanswered ping on the old connection. The test drives its heartbeats. */
async function handedOver() {
  const { clients, tracker, peer } = await begin({ heartbeat: { everyMs: 1_000, timeoutMs: 500 } })
  const heartbeats = clients.heartbeats!
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 50) heartbeats.pass(50)
  }
  const old = await peer(0)
  confirm(old)
  await eventually(() => expect(tracker.epochs.openOf(0)).toBe(0))
  pass(1_000)
  sendControl(old, { op: 'reconnect' })
  const successor = await peer(1)
  confirm(successor)
  await eventually(() => expect(old.asked).toContainEqual(unsubscribe))
  return { heartbeats, pass, tracker, old, successor }
}

test('an unanswered ping on the old connection does not end the new one', async () => {
  const { heartbeats, pass } = await handedOver()
  pass(500)
  expect([heartbeats.sent, heartbeats.missed]).toEqual([1, 0])
})

test('a pong on the old connection does not answer a ping on the new one', async () => {
  const { heartbeats, pass, tracker, old, successor } = await handedOver()
  const pinged = new Promise((resolve) => successor.socket.once('ping', resolve))
  pass(1_000)
  await pinged
  old.socket.pong()
  send(old, 1)
  await eventually(() => expect(tracker.firstCopies).toBe(1))
  expect(heartbeats.answered).toBe(0)
  old.socket.terminate()
  await eventually(() => expect(tracker.epochs.leftOf(0)).toBe(-1))
  pass(500)
  expect(heartbeats.missed).toBe(1)
})

/** The message with this sequence, as a node sends it: stamped. */
function stamped(sequence: number): Buffer {
  const message = Buffer.alloc(SIZE_BYTES)
  const sentMicros = nowMicros() + 1_000_000
  const header = { run: RUN, publisher: 0, channel: 0, sequence, plannedMicros: sentMicros, sentMicros }
  writePublish(message, 0, header)
  writeFiller(message, HEADER_BYTES, sealOf(header))
  message[at.kind] = kinds.message
  message[at.status] = messageStatus.replayed
  for (const [node, atByte] of [at.ingressNode, at.egressNode].entries()) message.writeUInt16LE(node, atByte)
  for (const atByte of [at.ingress, at.egress, at.offset]) message.writeDoubleLE(sentMicros, atByte)
  return message
}

test('a changed body is corrupted and received, a message without a whole header malformed and not', async () => {
  const { tracker, peer } = await begin()
  const own = await peer(0)
  confirm(own)
  const flipped = stamped(2)
  flipped[SIZE_BYTES - 1]! ^= 1
  const copies = [stamped(1), flipped, stamped(3).subarray(0, -1), Buffer.concat([stamped(4), Buffer.of(0)])]
  for (const copy of copies) own.socket.send(copy)
  for (const length of [1, HEADER_BYTES - 1]) own.socket.send(stamped(5).subarray(0, length))
  own.socket.send(stamped(6))
  await eventually(() => expect(tracker.next[0]).toBe(7))
  expect([tracker.corruptedCopies, tracker.malformedMessages]).toEqual([3, 2])
  expect([tracker.firstCopies, tracker.unexpectedCopies]).toEqual([5, 0])
  expect(tracker.isReceived(0, 5)).toBe(false)
})

test('what nobody may get is unexpected, whatever its body', async () => {
  const { tracker, peer } = await begin()
  const own = await peer(0)
  confirm(own)
  const [other, ofOtherRun, ofAnotherKind] = [stamped(1), stamped(1), stamped(1)]
  other.writeUInt32LE(9, at.channel)
  ofOtherRun.writeUInt32LE(1, at.run)
  ofAnotherKind[at.kind] = kinds.ack
  for (const copy of [other, ofOtherRun, ofAnotherKind, ofAnotherKind.subarray(0, 24), Buffer.alloc(0)])
    own.socket.send(copy)
  await eventually(() => expect(tracker.unexpectedCopies).toBe(5))
  expect([tracker.corruptedCopies, tracker.malformedMessages]).toEqual([0, 0])
})
