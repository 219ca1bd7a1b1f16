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

test('leaves out what is not known yet', () => {
  expect(plainLine(connecting)).toBe('connecting · 47,500 of 50,000 connected · sent 40/s · received 200k/s')
})

test('shows phase, connections, rates, latency, missing messages and the latest event', () => {
  const event = {
    id: 'node-kill#1',
    inMs: -3_100,
    state: 'done',
    targets: [],
    disconnected: 0,
    reconnected: 0,
    allBackMs: null,
  }
  const state: LiveState = {
    ...connecting,
    phase: 'node-kill#1',
    measured: { elapsedMs: 28_800, wholeMs: 100_000 },
    latency: { p50: 1_240, p99: 312_000 },
    progress: { ...connecting.progress, missing: 1_234 },
    events: [event as LiveState['events'][number]],
  }
  expect(plainLine(state)).toBe(
    'node-kill#1 1m 12s left · 47,500 of 50,000 connected · sent 40/s · received 200k/s · ' +
      'p50 1.24 ms, p99 312 ms · missing (pending) 1,234 · node-kill#1 4 s ago',
  )
})
