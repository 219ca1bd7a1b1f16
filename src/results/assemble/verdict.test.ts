import { expect, test } from 'vitest'
import type { Component } from '../result.js'
import type { RunIncidents, RunRecord } from '../run-record.js'
import { samplePlan } from '../testing/sample-plan.js'
import { at, counts, sampleRecord } from '../testing/sample-record.js'
import { assembleResult } from './assemble.js'

const passing = samplePlan({ gates: ['latency.p99 < 250ms'] })
const failing = samplePlan({ gates: ['latency.p99 < 1us'] })
const noIncidents: RunIncidents = {
  isInterrupted: false,
  haltReason: null,
  faults: [],
  unexpectedExits: [],
  violations: [],
}

function verdict(changes: Partial<RunRecord>) {
  return assembleResult(sampleRecord({ plan: passing, ...changes })).verdict
}

test('a valid run whose gates pass passes', () => {
  expect(verdict({})).toEqual({ outcome: 'pass', reasons: [], attributedTo: [] })
})

test('interrupted outranks invalid, which outranks fail; with the reasons of all', () => {
  const faults = ['worker 1 ended by SIGKILL']
  expect(verdict({ plan: failing }).outcome).toBe('fail')
  expect(verdict({ plan: failing, incidents: { ...noIncidents, faults } }).outcome).toBe('invalid')
  const all = verdict({
    plan: failing,
    incidents: { ...noIncidents, faults, isInterrupted: true },
    stoppedMicros: at(12.3),
  })
  expect(all.outcome).toBe('interrupted')
  expect(all.reasons).toEqual([
    'interrupted after 12.3 s of 60 s measured',
    expect.stringContaining('worker 1 ended by SIGKILL'),
    expect.stringContaining('latency.p99 < 1us'),
  ])
})

test('a run that a gate ended early fails, and is not invalid for the events that had not started', () => {
  const abort = { expression: 'latency.p99 < 1us over 5s', reason: 'p99 2 ms in 3 s–8 s, limit 1 µs' }
  expect(verdict({ abort, events: [], stoppedMicros: at(8.1) })).toEqual({
    outcome: 'fail',
    reasons: [
      'stopped after 8.1 s of 60 s measured by latency.p99 < 1us over 5s: p99 2 ms in 3 s–8 s, limit 1 µs',
    ],
    attributedTo: [],
  })
})

const record = sampleRecord()
const [worker, other] = [record.workers[0]!, record.workers[1]!]

test.each<[string, Partial<RunRecord>, string, Component]>([
  [
    'ambiguity',
    { delivery: { ...record.delivery, ambiguous: 3 } },
    '3 deliveries are ambiguous, bound 0',
    'run',
  ],
  [
    'nothing planned',
    { delivery: { ...record.delivery, total: { ...record.delivery.total, planned: 0 } } },
    'no delivery was planned',
    'run',
  ],
  [
    'a violated identity',
    { incidents: { ...noIncidents, violations: ['5 ≠ 4 for n1'] } },
    'accounting identity violated: 5 ≠ 4 for n1',
    'run',
  ],
  [
    'an unexpected exit',
    {
      incidents: {
        ...noIncidents,
        unexpectedExits: [{ part: 'n4', atMicros: at(3), how: 'SIGSEGV', logTail: 'a\nheap full\n' }],
      },
    },
    'n4 exited unexpectedly (SIGSEGV): heap full',
    'cluster',
  ],
  [
    'an event that failed',
    {
      events: record.events.map((event, index) =>
        index === 1 ? { ...event, failure: 'no node n2 is up' } : event,
      ),
    },
    'node-kill#1 failed, so its effects were not tested: no node n2 is up',
    'run',
  ],
  ['an event that never started', { events: record.events.slice(0, 2) }, 'node-drain#1 never started', 'run'],
  [
    'a dead worker',
    { incidents: { ...noIncidents, faults: ['worker 1 died'] } },
    'worker 1 died',
    'generator',
  ],
  [
    'negative latencies',
    { workers: [worker, { ...other, histograms: { ...other.histograms, negative: 34_843 } }] },
    '1.00 % of latencies are negative, bound 0.100 %: the clocks disagree',
    'machine',
  ],
])('%s makes a run invalid, and is attributed to a component', (_, changes, reason, component) => {
  const { outcome, reasons, attributedTo } = verdict(changes)
  expect(outcome).toBe('invalid')
  expect(reasons).toEqual([expect.stringContaining(reason)])
  expect(attributedTo).toEqual([component])
})

const total = { ...record.delivery.total, duplicateInEpoch: 1 }
const ambiguous = { delivery: { ...record.delivery, total, unexpected: 1, ambiguous: 3 } }
const isAmbiguous = expect.stringContaining('3 deliveries are ambiguous')

test.each([
  'delivery.lost == 0',
  'delivery.lost{cause=node-kill#1} == 0',
  'delivery.lostOnDisconnect <= 1',
  'delivery.duplicateInEpoch < 1',
  'delivery.unexpected == 0',
])('fails for certain, though deliveries are ambiguous: %s', (gate) => {
  expect(verdict({ ...ambiguous, plan: samplePlan({ gates: [gate] }) })).toEqual({
    outcome: 'fail',
    reasons: [expect.stringContaining(gate), isAmbiguous],
    attributedTo: [],
  })
})

test.each([
  ['it might be met', 'delivery.lost == 1_000_000'],
  ['more would be better', 'delivery.lost > 1_000_000'],
  ['it is not a lower bound', 'delivery.indeterminate == 0'],
  ['it is a share', 'delivery.lostShare == 0'],
  ['it can not be read', 'delivery.lots == 0'],
])('a failed gate leaves a run with ambiguous deliveries invalid where %s', (_, gate) => {
  expect(verdict({ ...ambiguous, plan: samplePlan({ gates: [gate] }) })).toEqual({
    outcome: 'invalid',
    reasons: [isAmbiguous, expect.stringContaining(gate)],
    attributedTo: ['run'],
  })
})

test('where anything else makes a run invalid, no failure is certain', () => {
  const incidents = { ...noIncidents, faults: ['worker 1 died'] }
  const plan = samplePlan({ gates: ['delivery.lost == 0'] })
  expect(verdict({ ...ambiguous, plan, incidents })).toMatchObject({
    outcome: 'invalid',
    attributedTo: ['generator', 'run'],
  })
})

test('nothing delivered of what was planned fails, with what became of it', () => {
  const total = counts({ planned: 90, unpublished: 50, neverSubscribed: 30, due: 10, lostInFlight: 10 })
  expect(verdict({ delivery: { ...record.delivery, total } })).toMatchObject({
    outcome: 'fail',
    reasons: expect.arrayContaining([
      'none of 90 planned deliveries happened: 50 unpublished, 30 of members that were never subscribed, ' +
        '10 lost, 6 connects failed (refused)',
    ]),
  })
})

test('silence at the end, for longer than the grace period, fails', () => {
  const graceMicros = passing.phases.graceMs * 1000
  expect(verdict({ silence: { sends: 9, lastsMicros: graceMicros } }).outcome).toBe('pass')
  expect(verdict({ silence: { sends: 90, lastsMicros: 20_100_000 } })).toMatchObject({
    outcome: 'fail',
    reasons: ['nothing arrived of 90 messages scheduled in the last 20.1 s: the cluster did not recover'],
  })
})

test('connects that fail after the first event are a result, not a fault of the set-up', () => {
  const ticks = record.ticks.map((own) =>
    own.map((tick) => (tick.atMicros > at(21) ? { ...tick, failures: { refused: 900 } } : tick)),
  )
  expect(verdict({ ticks }).outcome).toBe('pass')
})
