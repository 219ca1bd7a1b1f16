import { expect, test } from 'vitest'
import { at, HEADER_BYTES, NO_NODE, writePublish } from '../protocols/reference.js'
import { hopsOf } from '../results/assemble/latency.js'
import { HopRecorder, sampledEach } from './hop-recorder.js'

const MEASURE = 1_000_000

interface Stamps {
  readonly sent?: number
  readonly ingress?: number
  readonly egress?: number
  readonly received?: number
  readonly ingressNode?: number
  readonly status?: number
}

/** The hops of one copy with these timestamps, in µs since the measure phase began. */
function hopsAfter(stamps: Stamps) {
  const { sent = 10, ingress = 110, egress = 1_110, received = 1_310, ingressNode = 0, status = 0 } = stamps
  const header = Buffer.alloc(HEADER_BYTES)
  const publish = { run: 1, publisher: 0, channel: 0, sequence: 1, plannedMicros: MEASURE + sent }
  writePublish(header, 0, { ...publish, sentMicros: MEASURE + sent })
  header[at.status] = status
  header.writeUInt16LE(ingressNode, at.ingressNode)
  header.writeUInt16LE(1, at.egressNode)
  header.writeDoubleLE(MEASURE + ingress, at.ingress)
  header.writeDoubleLE(MEASURE + egress, at.egress)
  const recorder = new HopRecorder(1)
  recorder.setMeasureStart(MEASURE)
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  recorder.received(view, 0, MEASURE + received)
  return hopsOf([recorder.encode()])
}

test('the hops add up to the whole latency', () => {
  const { toNode, broker, toClient, crossNode, sameNode } = hopsAfter({})!
  expect([toNode, broker, toClient, crossNode].map(({ max }) => max)).toEqual([100, 1_000, 200, 1_300])
  expect(sameNode.count).toBe(0)
})

test('publisher and subscriber on one node count as same node', () => {
  const { broker, crossNode, sameNode } = hopsAfter({ ingressNode: 1 })!
  expect([sameNode.max, crossNode.count, broker.count]).toEqual([1_300, 0, 1])
})

test('a message published by a backend has its last hop only', () => {
  const { toNode, broker, toClient, sameNode, crossNode } = hopsAfter({
    ingressNode: NO_NODE,
    ingress: -1e6,
  })!
  expect([toNode, broker, sameNode, crossNode].map(({ count }) => count)).toEqual([0, 0, 0, 0])
  expect(toClient.max).toBe(200)
})

test('copies that were replayed or sent during warm-up are not recorded', () => {
  expect(hopsAfter({ status: 1 })).toBeNull()
  expect(hopsAfter({ sent: -1 })).toBeNull()
})

test.each([
  ['no timestamps', { ingress: -MEASURE, egress: -MEASURE }],
  ['timestamps of a clock that is behind', { ingress: -900, egress: 100 }],
  ['timestamps of a clock that is ahead', { ingress: 100, egress: 5_000 }],
  ['egress before ingress', { ingress: 500, egress: 400 }],
])('%s: no hops', (_, stamps) => {
  expect(hopsAfter(stamps)).toBeNull()
})

test('two readings of one clock may be a few µs apart', () => {
  expect(hopsAfter({ ingress: 8, egress: 1_312 })).toMatchObject({ toNode: { max: 0 }, toClient: { max: 0 } })
})

test('takes about a thousand samples a second, some of every message and of every client', () => {
  expect([1, 1_000, 1_001, 50_000].map(sampledEach)).toEqual([1, 1, 2, 64])
  const recorder = new HopRecorder(50_000)
  const taken = Array.from({ length: 128 }, (_, client) =>
    Array.from({ length: 128 }, (_, sequence) => recorder.isSampled(client, sequence)),
  )
  for (const ofClient of taken) expect(ofClient.filter(Boolean)).toHaveLength(2)
  for (let sequence = 0; sequence < 128; sequence += 1) {
    expect(taken.filter((ofClient) => ofClient[sequence])).toHaveLength(2)
  }
})
