import { expect, test } from 'vitest'
import { decodeHistogram } from '../latency/histogram.js'
import type { Tick } from '../worker-records.js'
import { timelineOf } from './timeline.js'

const measureMicros = 5_000_000

function tick(atSeconds: number, some: Partial<Tick> = {}): Tick {
  return {
    atMicros: measureMicros + atSeconds * 1_000_000,
    connected: 10,
    connectedByNode: { n1: 10 },
    connects: 1,
    disconnects: 0,
    failures: {},
    sent: 2,
    received: 3,
    receivedByNode: { n1: 3 },
    latency: new Uint32Array(0),
    progress: {
      missing: 0,
      missingAcrossDisconnects: 0,
      replayed: 0,
      reordered: 0,
      duplicates: 0,
      unexpected: 0,
    },
    unsentCopies: 0,
    plannedCopies: 0,
    firstCopies: 0,
    eventLoopLagP99Micros: 0,
    cpuShare: 0.5,
    rssBytes: 0,
    ...some,
  }
}

test('a tick belongs to the second that most of it lies in', () => {
  const rows = timelineOf({
    ticks: [[tick(-1), tick(0.02), tick(1.3), tick(1.96)]],
    measureMicros,
    nodes: [],
    lostBySecond: {},
  })
  expect(rows.map(({ tMs, sent }) => [tMs, sent])).toEqual([
    [-2000, 2],
    [-1000, 2],
    [0, 2],
    [1000, 2],
  ])
})

test('counts are summed over workers, percentiles are of all of them together', () => {
  const ticks = [
    [tick(1, { latency: Uint32Array.of(100, 99), connectedByNode: { n2: 4, n1: 6 } })],
    [tick(1.2, { latency: Uint32Array.of(700, 1), cpuShare: 0.1, connectedByNode: { n10: 10 } })],
  ]
  const nodes = ['n1', 'n2', 'n10', 'n11'].map((id) => ({ id, joinedMicros: 0, leftMicros: null }))
  const left = { id: 'n3', joinedMicros: 0, leftMicros: measureMicros + 999_999 }
  const late = { id: 'n4', joinedMicros: measureMicros + 1_000_001, leftMicros: null }
  const [row] = timelineOf({
    ticks,
    measureMicros,
    nodes: [...nodes, left, late],
    lostBySecond: { 0: 9 },
  })
  expect(row).toEqual({
    tMs: 0,
    connected: 20,
    connectedByNode: { n1: 6, n2: 4, n10: 10 },
    connects: 2,
    disconnects: 0,
    sent: 4,
    received: 6,
    receivedByNode: { n1: 6 },
    balance: {
      connections: {
        maxOverMean: 2,
        minOverMean: 0,
        coefficientOfVariation: expect.closeTo(Math.sqrt(0.52), 12),
      },
      messages: { maxOverMean: 4, minOverMean: 0, coefficientOfVariation: expect.closeTo(Math.sqrt(3), 12) },
    },
    lost: 9,
    p50: 100,
    p99: 100,
    histogram: expect.any(String),
    cpu: 0.3,
  })
  expect(decodeHistogram(row!.histogram!)).toMatchObject({ totalCount: 100, maxValue: 700 })
  expect(Object.keys(row!.connectedByNode)).toEqual(['n1', 'n2', 'n10'])
})

test('a second without a tick keeps connections and counts nothing', () => {
  const rows = timelineOf({
    ticks: [
      [tick(1), tick(3)],
      [tick(1), tick(2), tick(3)],
    ],
    measureMicros,
    nodes: [],
    lostBySecond: {},
  })
  expect(rows.map(({ connected, sent }) => [connected, sent])).toEqual([
    [20, 4],
    [20, 2],
    [20, 4],
  ])
})

test('a worker that died has no connections', () => {
  const rows = timelineOf({
    ticks: [[tick(1)], [tick(1), tick(2)]],
    measureMicros,
    nodes: [],
    lostBySecond: {},
  })
  expect(rows.map(({ connected }) => connected)).toEqual([20, 10])
})

test('no ticks, no timeline', () => {
  expect(timelineOf({ ticks: [[], []], measureMicros, nodes: [], lostBySecond: {} })).toEqual([])
})
