import { expect, test } from 'vitest'
import { plainLine } from './plain-line.js'
import type { LiveState } from './state.js'

const connecting: LiveState = {
  title: 'node-kill',
  cluster: '',
  phase: 'connecting',
  measured: null,
  connected: 47_500,
  target: 50_000,
  sentPerSecond: 40,
  receivedPerSecond: 199_800,
  latency: null,
  progress: {
    missing: 0,
    missingAcrossDisconnects: 0,
    replayed: 0,
    reordered: 0,
    duplicates: 0,
    unexpected: 0,
  },
  history: [],
  nodes: [],
  events: [],
  generator: null,
}

test('what is not known yet is left out', () => {
  expect(plainLine(connecting)).toBe('connecting · 47,500 of 50,000 connected · sent 40/s · received 200k/s')
})

test('a log line tells all', () => {
  const struck = {
    id: 'node-kill#1',
    inMs: -3_100,
    state: 'done',
    targets: [],
    cut: 0,
    back: 0,
    allBackMs: null,
  }
  const state: LiveState = {
    ...connecting,
    phase: 'node-kill#1',
    measured: { elapsedMs: 28_800, wholeMs: 100_000 },
    latency: { p50: 1_240, p99: 312_000 },
    progress: { ...connecting.progress, missing: 1_234 },
    events: [struck as LiveState['events'][number]],
  }
  expect(plainLine(state)).toBe(
    'node-kill#1 1m 11s left · 47,500 of 50,000 connected · sent 40/s · received 200k/s · ' +
      'p50 1.24 ms, p99 312 ms · 1,234 missing so far · node-kill#1 3 s ago',
  )
})
