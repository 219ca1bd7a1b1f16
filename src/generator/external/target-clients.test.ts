import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { nowMicros } from '../../base/clock.js'
import { createProtocol, protocols } from '../../protocols/index.js'
import { encodePayload } from '../../protocols/tag.js'
import { SubscriptionLayout } from '../../results/delivery/layout.js'
import { DeliveryTracker } from '../../results/delivery/tracker.js'
import { samplePlan } from '../../results/testing/sample-plan.js'
import { NodeNames } from '../node-names.js'
import { Recorder } from '../recorder.js'
import type { WorkerContext } from '../worker-context.js'
import { TargetClients } from './target-clients.js'

const RUN = 7
const SIZE_BYTES = 128

/** One client over `json`, subscribed once the server says `hello`, and the server's end of its connection. */
async function begin() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const options = protocols.json.options.parse({ subscribed: 'hello' })
  const protocol = createProtocol('json', { ...options })
  const handshake = { path: '/', headers: {}, cookies: [], subprotocols: [], offersDeflate: false }
  const access = { protocolOf: () => protocol, handshakeOf: () => handshake }
  const sample = samplePlan()
  const plan = {
    ...sample,
    target: { protocol: { kind: 'json', options } },
    workers: 1,
    clients: { ...sample.clients, count: 1 },
    channels: [{ ...sample.channels[0]!, members: 1, publishers: 1, sizeBytes: SIZE_BYTES }],
  }
  const { port } = server.address() as AddressInfo
  const endpoints = [{ host: '127.0.0.1', port, path: '/', tls: null }]
  const context = {
    plan,
    run: RUN,
    worker: 0,
    endpoints,
    access,
    random: () => 0,
  } as unknown as WorkerContext
  const layout = new SubscriptionLayout(1, plan.channels, 0, 1)
  const tracker = new DeliveryTracker(layout, plan.phases.spans, 5_000, 2_000_000)
  const clients = new TargetClients(context, layout, tracker, new Recorder(plan, layout), new NodeNames())
  const opened = once(server, 'connection') as Promise<[WebSocket]>
  clients.connect(0)
  const [socket] = await opened
  onTestFinished(() => {
    clients.connectionOfGlobal(0).destroy()
    socket.terminate()
    server.close()
  })
  return { tracker, socket }
}

function payloadOf(sequence: number, changes = {}): string {
  const sentMicros = nowMicros() + 1_000_000
  const tag = {
    run: RUN,
    publisher: 0,
    channel: 0,
    sequence,
    plannedMicros: sentMicros,
    sentMicros,
    ...changes,
  }
  return encodePayload(tag, SIZE_BYTES)
}

test('a changed body is corrupted and received, a cut tag malformed and not', async () => {
  const { tracker, socket } = await begin()
  socket.send(`${payloadOf(1).slice(0, -1)}X`)
  socket.send(payloadOf(2).slice(0, 20))
  socket.send('hello')
  socket.send(payloadOf(3))
  socket.send(JSON.stringify({ text: payloadOf(4).slice(0, -1), at: 5 }))
  socket.send(JSON.stringify([payloadOf(5).slice(0, 20), payloadOf(6)]))
  socket.send(`"${payloadOf(7).slice(0, 20)}"`)
  socket.send(payloadOf(8))
  await vi.waitFor(() => expect(tracker.next[0]).toBe(9), { timeout: 10_000 })
  // The tag of 2 was cut before the client was subscribed.
  expect([tracker.corruptedCopies, tracker.malformedMessages]).toEqual([2, 2])
  expect([tracker.firstCopies, tracker.unexpectedCopies]).toEqual([5, 0])
})

test('what nobody may get is unexpected, whatever its body', async () => {
  const { tracker, socket } = await begin()
  socket.send('hello')
  const strays = [{ run: 8 }, { channel: 500 }, { publisher: 500 }]
  for (const stray of strays) socket.send(payloadOf(1, stray).slice(0, -1))
  await vi.waitFor(() => expect(tracker.unexpectedCopies).toBe(3), { timeout: 10_000 })
  expect([tracker.corruptedCopies, tracker.malformedMessages]).toEqual([0, 0])
})
