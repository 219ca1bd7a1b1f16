import { expect, test, vi } from 'vitest'
import { TestClient } from '../../reference-cluster/testing/test-client.js'
import { startTestNode } from '../../reference-cluster/testing/test-node.js'
import { nowMicros } from '../base/clock.js'
import { writeFiller } from '../protocols/filler.js'
import { HEADER_BYTES, sealOf, WEBSOCKET_PATH, writePublish } from '../protocols/reference.js'
import { SubscriptionLayout } from '../results/delivery/layout.js'
import { DeliveryTracker } from '../results/delivery/tracker.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { Clients } from './clients.js'
import { HopRecorder } from './hop-recorder.js'
import { NodeNames } from './node-names.js'
import { Recorder } from './recorder.js'

const RUN = 7

test.each([HEADER_BYTES, 128, 1_500, 70_000])(
  'a message of %i bytes is intact through a node, which stamps it, and corrupted if it was changed before',
  async (sizeBytes) => {
    const node = await startTestNode({ index: 3 })
    const sample = samplePlan()
    const plan = {
      ...sample,
      workers: 1,
      clients: { ...sample.clients, count: 1 },
      channels: [{ ...sample.channels[0]!, members: 1, publishers: 1, sizeBytes }],
    }
    const endpoints = [{ host: '127.0.0.1', port: node.port, path: WEBSOCKET_PATH, tls: null }]
    const context = { plan, run: RUN, worker: 0, endpoints, brokerUrl: null, access: null, random: () => 0 }
    const layout = new SubscriptionLayout(1, plan.channels, 0, 1)
    const tracker = new DeliveryTracker(layout, plan.phases.spans, 5_000, 2_000_000)
    const recorder = new Recorder(plan, layout)
    const clients = new Clients(new HopRecorder(1), context, layout, tracker, recorder, new NodeNames())
    clients.connect(0)
    await vi.waitFor(() => expect(clients.everSubscribed).toBe(1), { timeout: 10_000 })
    const publisher = await TestClient.connect(node.port)
    publisher.websocket.send(publishOf(1, sizeBytes))
    publisher.websocket.send(publishOf(2, sizeBytes))
    publisher.websocket.send(Buffer.concat([publishOf(3, sizeBytes), Buffer.of(0)]))
    await vi.waitFor(() => expect(tracker.next[0]).toBe(4), { timeout: 10_000 })
    expect([tracker.corruptedCopies, tracker.malformedMessages, tracker.unexpectedCopies]).toEqual([1, 0, 0])
    clients.destroy()
    publisher.websocket.terminate()
  },
)

function publishOf(sequence: number, sizeBytes: number): Buffer {
  const message = Buffer.alloc(sizeBytes)
  const now = nowMicros()
  const header = { run: RUN, publisher: 0, channel: 0, sequence, plannedMicros: now, sentMicros: now }
  writePublish(message, 0, header)
  writeFiller(message, HEADER_BYTES, sealOf(header))
  return message
}
