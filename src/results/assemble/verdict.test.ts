import { expect, test } from 'vitest'
import type { Component } from '../result.js'
import type { RunIncidents, RunRecord } from '../run-record.js'
import { samplePlan } from '../testing/sample-plan.js'
import { at, counts, histogram, sampleRecord } from '../testing/sample-record.js'
import { assembleResult } from './assemble.js'

const passing = samplePlan({ gates: ['latency.p99 < 250ms'] })
const failing = samplePlan({ gates: ['delivery.lostInFlight == 0'] })
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
    expect.stringContaining('delivery.lostInFlight == 0'),
  ])
})

test('clients that never got in, or that an event sent away for good, fail it', () => {
  const { delivery } = sampleRecord()
  const absent = verdict({ delivery: { ...delivery, clientsNeverSubscribed: 4 } })
  expect(absent.outcome).toBe('fail')
  expect(absent.reasons[0]).toMatch(/^4 of [\d,]+ clients never subscribed/)
  const interrupted = { ...noIncidents, isInterrupted: true }
  const cutShort = verdict({ delivery: { ...delivery, clientsNeverSubscribed: 4 }, incidents: interrupted })
  expect(cutShort.reasons.join()).not.toMatch(/never subscribed/)

  const { disconnects } = sampleRecord()
  const kill = { ...disconnects.byCause['node-kill#1']!, recovered: 0 }
  const away = verdict({
    disconnects: { ...disconnects, byCause: { ...disconnects.byCause, 'node-kill#1': kill } },
  })
  expect(away.outcome).toBe('fail')
  expect(away.reasons[0]).toMatch(/^none of the [\d,]+ clients that node-kill#1 disconnected came back$/)
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

test('a gate that the generator can have decided makes the run invalid, whatever the others came to', () => {
  const plan = samplePlan({ gates: ['latency.p99 < 5ms', 'delivery.lostInFlight == 0'] })
  expect(verdict({ plan })).toEqual({
    outcome: 'invalid',
    reasons: [
      'latency.p99 < 5ms is undecided: p99 1.30 ms, all of which the generator can have made (event-loop lag 4.20 ms), ' +
        'limit 5 ms: use fewer clients, a lower rate, or a machine with more cores to itself',
      'delivery.lostInFlight == 0: lostInFlight 40, must be 0',
    ],
    attributedTo: ['generator'],
  })
})

test('a worker stopped for 95 ms in 10 s does not decide p99.9', () => {
  // As LoopLag counts it, and as messages every ms wait in it.
  const stopped = histogram([[200, 495], ...[95, 75, 55, 35, 15].map((ms) => [ms * 1000, 1] as const)])
  const waited = Array.from({ length: 95 }, (_, index) => [(95 - index) * 1000, 1] as const)
  const fromPlannedSend = [
    { phase: 'steady', channel: 'scores', histogram: histogram([[1_000, 9_905], ...waited]) },
  ]
  const run = (gate: string) =>
    assembleResult(
      sampleRecord({
        plan: samplePlan({ gates: [gate] }),
        workers: [
          {
            ...worker,
            histograms: { ...worker.histograms, fromPlannedSend },
            health: { ...worker.health, eventLoopLag: stopped },
          },
        ],
      }),
    )
  const { verdict, gates } = run('latency.p999 < 100ms')
  expect(gates[0]).toMatchObject({ outcome: 'undecided' })
  expect(verdict).toMatchObject({ outcome: 'invalid', attributedTo: ['generator'] })
  expect(verdict.reasons[0]).toMatch(
    /^latency\.p999 < 100ms is undecided: p999 8\d\.\d ms, .*\(event-loop lag 95\.\d ms\), limit 100 ms: /,
  )
  expect(run('latency.p999 < 50ms').verdict.outcome).toBe('invalid')
  expect(run('latency.p50 < 100ms').verdict.outcome).toBe('pass')
  expect(run('latency.p999 < 5s').verdict.outcome).toBe('pass')
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

test('nothing delivered in time of what was planned fails, with what became of it', () => {
  const total = counts({
    planned: 90,
    unpublished: 50,
    neverSubscribed: 30,
    due: 10,
    late: 4,
    lostInFlight: 6,
  })
  expect(verdict({ delivery: { ...record.delivery, total } })).toMatchObject({
    outcome: 'fail',
    reasons: expect.arrayContaining([
      'none of 90 planned deliveries happened in time: 50 unpublished, 30 of members that were never subscribed, ' +
        '4 late, 6 lost, 6 connects failed (refused)',
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
