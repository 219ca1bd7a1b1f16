import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { widthOf } from '../../base/text-width.js'
import { type FrameSize, frame, plainLine } from './frame.js'
import type { LiveEvent, LiveNode, LiveState } from './state.js'

const event = (some: Partial<LiveEvent>): LiveEvent => ({
  id: 'node-kill#1',
  inMs: -3_400,
  state: 'done',
  targets: ['n2'],
  disconnected: 500,
  reconnected: 480,
  allBackMs: null,
  ...some,
})

const nodes = (count: number): LiveNode[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `n${index + 1}`,
    connected: index === 1 ? 0 : 500,
    state: index === 1 ? 'gone' : 'up',
    affectedBy: index === 1 ? 'node-kill#1' : null,
  }))

const state: LiveState = {
  title: 'node-kill',
  cluster: 'nginx least-connections → 4 nodes → redis-pubsub',
  phase: 'node-kill#1',
  measured: { elapsedMs: 13_400, wholeMs: 40_000 },
  connected: 1_980,
  target: 2_000,
  sentPerSecond: 29,
  receivedPerSecond: 4_480,
  latency: { p50: 1_240, p99: 312_000 },
  availability: 0.9987,
  progress: {
    missing: 1_234,
    missingAcrossDisconnects: 1_200,
    replayed: 0,
    reordered: 0,
    duplicates: 1,
    unexpected: 0,
  },
  history: Array.from({ length: 30 }, (_, second) => ({
    connected: second < 3 ? second * 600 : 2_000,
    sent: 29,
    received: 4_480,
    latency: second < 5 ? null : { p50: 1_200, p99: second === 27 ? 312_000 : 9_000 },
    isAffected: second === 27,
  })),
  nodes: nodes(4),
  events: [event({}), event({ id: 'node-drain#1', state: 'scheduled', inMs: 15_000, disconnected: 0 })],
  generator: { workers: 2, cpuShare: 0.41, eventLoopLagP99Micros: 4_200, rssBytes: 300e6, overload: null },
}

const small: FrameSize = { columns: 80, rows: 24, color: false }

test('shows everything on 80 × 24', () => {
  expect(frame(state, small)).toMatchInlineSnapshot(`
    "node-kill                      nginx least-connections → 4 nodes → redis-pubsub
    node-kill#1   ███████████████▍░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  27 s left of 40 s

    connected     1,980 of 2,000      ▁▃▅███████████████████████████
    sent          29/s                ██████████████████████████████
    received      4.5k/s              ██████████████████████████████
    p50           1.24 ms                  █████████████████████████
    p99           312 ms                   ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█▁▁
    availability  99.8 %
    deliveries    missing (pending) 1,234 (1,200 across disconnects) · 1 duplicate

    n1  ████████████████████████████████████████████████  500
    n2                                                      0  gone, node-kill#1
    n3  ████████████████████████████████████████████████  500
    n4  ████████████████████████████████████████████████  500

    ✓ node-kill#1  4 s ago · n2 · 500 disconnected, 480 reconnected
    ○ node-drain#1  in 15 s

    generator     2 workers · 41 % of a core · event-loop lag p99 4.20 ms · 300 MB"
  `)
})

test('draws longer lines on 120 × 40', () => {
  const text = frame(state, { ...small, columns: 120, rows: 40 })
  expect(text.split('\n')[0]).toHaveLength(119)
  expect(text.split('\n').find((line) => line.startsWith('p99'))).toMatch(/▁█▁▁$/)
})

const many: LiveState = {
  ...state,
  title: '雪'.repeat(90),
  nodes: nodes(64),
  events: Array.from({ length: 12 }, (_, index) => event({ id: `node-kill#${index + 1}` })),
}

describe.each([state, many])('any state', (shown) => {
  test.each([1, 2, 10, 20, 40, 80, 120, 200])('fits into %i columns', (columns) => {
    for (const rows of [1, 2, 5, 10, 16, 24, 40, 100]) {
      for (const color of [true, false]) {
        const lines = frame(shown, { columns, rows, color }).split('\n')
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1))
        expect(Math.max(...lines.map(widthOf))).toBeLessThan(Math.max(columns, 11))
      }
    }
  })
})

test('without colour only the colour is missing', () => {
  const colored = frame(state, { ...small, color: true })
  expect(colored).toContain('\u001b[')
  expect(stripVTControlCharacters(colored)).toBe(frame(state, small))
})

test('shows which event acted on a node, and how many nodes are left out', () => {
  expect(frame(state, small)).toMatch(/^n2 .* 0 {2}gone, node-kill#1$/m)
  expect(frame(many, { ...small, columns: 60 })).toMatch(/^and \d+ more nodes$/m)
})

test.each([
  [event({ state: 'active', disconnected: 0 }), '● node-kill#1  4 s ago · n2 · no disconnects yet'],
  [event({}), '✓ node-kill#1  4 s ago · n2 · 500 disconnected, 480 reconnected'],
  [event({ allBackMs: 1_980 }), '✓ node-kill#1  4 s ago · n2 · 500 disconnected, all back within 2 s'],
  [event({ targets: [] }), '✓ node-kill#1  4 s ago · 500 disconnected, 480 reconnected'],
  [event({ state: 'failed', disconnected: 0 }), '✗ node-kill#1  4 s ago · n2 · failed'],
  [event({ state: 'scheduled', inMs: 8_000 }), '○ node-kill#1  in 8 s'],
])('an event: %#', (only, line) => {
  expect(frame({ ...state, events: [only] }, small)).toContain(line)
})

test('of many events shows the latest and the next', () => {
  const events = [1, 2, 3, 4, 5, 6, 7, 8].map((number) =>
    event({ id: `node-kill#${number}`, state: number < 6 ? 'done' : 'scheduled' }),
  )
  const text = frame({ ...state, events, nodes: nodes(9) }, small)
  expect(text).toContain('✓ node-kill#5')
  expect(text).toContain('○ node-kill#6')
  expect(text).not.toMatch(/node-kill#[78] /)
})

test('an overloaded generator is shown first in its line', () => {
  const generator = { ...state.generator!, overload: 'overloaded: event-loop lag p99 180 ms' }
  expect(frame({ ...state, generator }, small)).toContain(
    'generator     overloaded: event-loop lag p99 180 ms · 2 workers',
  )
})

test('as one line, for a log', () => {
  expect(plainLine(state)).toBe(
    'node-kill#1 27 s left · 1,980 of 2,000 connected · sent 29/s · received 4.5k/s · ' +
      'p50 1.24 ms, p99 312 ms · availability 99.8 % · missing (pending) 1,234 · node-kill#1 4 s ago',
  )
  const connecting = {
    phase: 'connecting',
    measured: null,
    latency: null,
    availability: null,
    events: [],
    generator: null,
  }
  const nothing = { ...state.progress, missing: 0, missingAcrossDisconnects: 0 }
  expect(plainLine({ ...state, ...connecting, progress: nothing })).toBe(
    'connecting · 1,980 of 2,000 connected · sent 29/s · received 4.5k/s',
  )
})
