import { describe, expect, test } from 'vitest'
import type { ValidityBounds } from '../../plan/plan.js'
import type { Component } from '../result.js'
import type { RunRecord, WorkerEnd } from '../run-record.js'
import { samplePlan } from '../testing/sample-plan.js'
import { histogram, sampleRecord } from '../testing/sample-record.js'
import { assembleResult } from './assemble.js'
import { readingsOf } from './bounds.js'

const record = sampleRecord()
const [worker, other] = [record.workers[0]!, record.workers[1]!]

interface Case {
  readonly bound: keyof ValidityBounds
  /** The run in which the figure is `value`, in the unit of the result. */
  readonly run: (value: number) => Partial<RunRecord>
  /** The bound in that unit, and the next value above it that a run can have. */
  readonly at: number
  readonly above: number
  readonly says: string
  readonly attributedTo: Component
}

const health = (changes: Partial<WorkerEnd['health']>): Partial<RunRecord> => ({
  workers: [worker, { ...other, health: { ...other.health, ...changes } }],
})
const failed = (kind: string, count: number): Partial<RunRecord> => ({
  workers: [worker, { ...other, connections: { ...other.connections, failed: { [kind]: count } } }],
})
const everyTick = (cpuShare: number): Partial<RunRecord> => ({
  ticks: record.ticks.map((own) => own.map((tick) => ({ ...tick, cpuShare }))),
})

const cases: Record<string, Case> = {
  'event-loop lag': {
    bound: 'eventLoopLagP99Ms',
    // The histogram's resolution is 0.1 %: 20,000 µs could be read as 20,015.
    run: (micros) => ({
      plan: samplePlan({ gates: [], validity: { ...record.plan.validity, eventLoopLagP99Ms: 2 } }),
      workers: [worker, other].map((own, index) => ({
        ...own,
        health: { ...own.health, eventLoopLag: histogram([[index * micros, 10]]) },
      })),
    }),
    at: 2_000,
    above: 2_001,
    says: 'event-loop lag p99 2.00 ms in worker 1, bound 2.00 ms: use fewer clients',
    attributedTo: 'generator',
  },
  'generator delay of one worker': {
    bound: 'sendDelayP99Ms',
    // The histogram's resolution is 0.1 %: 20,000 µs could be read as 20,015.
    run: (micros) => ({
      plan: samplePlan({ gates: [], validity: { ...record.plan.validity, sendDelayP99Ms: 2 } }),
      workers: [
        worker,
        { ...other, histograms: { ...other.histograms, sendDelay: histogram([[micros, 10]]) } },
      ],
    }),
    at: 2_000,
    above: 2_001,
    says: 'generator delay p99 2.00 ms in worker 1, bound 2.00 ms: use fewer clients',
    attributedTo: 'generator',
  },
  overruns: {
    bound: 'overrunShare',
    // 300 sends in the measure phase.
    run: (overruns) => health({ overruns }),
    at: 3,
    above: 4,
    says: 'sends late by more than an interval: 1.33 %, bound 1.00 %: use fewer clients',
    attributedTo: 'generator',
  },
  CPU: {
    bound: 'workerCpuShare',
    run: everyTick,
    at: 0.9,
    above: 0.9001,
    says: 'CPU of a core 90.0 % in worker 0, bound 90.0 %: use fewer clients',
    attributedTo: 'generator',
  },
  'a pause': {
    bound: 'pauseMs',
    run: (longestPauseMicros) => health({ longestPauseMicros }),
    at: 2_000_000,
    above: 2_000_001,
    says: 'longest event-loop stall 2.00 s in worker 1, bound 2.00 s: the worker or its machine',
    attributedTo: 'generator',
  },
  'connects that failed before any event': {
    bound: 'failedConnectsShare',
    // 9,900 connects, in two workers.
    run: (failures) => ({
      ticks: record.ticks.map((own, index) =>
        own.map((tick, second) => ({
          ...tick,
          connects: index === 0 && second === 1 ? 9_900 : 0,
          failures: index === 0 && second === 1 ? { timeout: failures } : {},
        })),
      ),
    }),
    at: 100,
    above: 101,
    says: 'connects that failed before any event: 1.01 %, bound 1.00 %: lower clients.connectRate',
    attributedTo: 'cluster',
  },
  descriptors: {
    bound: 'exhaustedConnects',
    run: (count) => failed('no-descriptors', count),
    at: 0,
    above: 1,
    says: 'connects without a free descriptor: 1, bound 0: raise the limit of open files (ulimit -n, hard limit 20,000 here)',
    attributedTo: 'machine',
  },
  'local ports': {
    bound: 'exhaustedConnects',
    run: (count) => failed('no-ports', count),
    at: 0,
    above: 1,
    says: 'connects without a free local port: 1, bound 0: widen net.ipv4.ip_local_port_range',
    attributedTo: 'machine',
  },
  'listen overflows': {
    bound: 'listenOverflows',
    run: (listenOverflows) => ({ listenOverflows }),
    at: 0,
    above: 1,
    says: 'listen-queue overflows on this host: 1, bound 0: lower clients.connectRate',
    attributedTo: 'machine',
  },
}

function judged(changes: Partial<RunRecord>) {
  return assembleResult(sampleRecord({ plan: samplePlan({ gates: [] }), ...changes }))
}

describe.each(Object.entries(cases))('%s', (_, { run, at, above, says, attributedTo }) => {
  test('at its bound: valid, and reported as near it', () => {
    const result = judged(run(at))
    expect(result.verdict).toEqual({ outcome: 'pass', reasons: [], attributedTo: [] })
    if (at > 0) expect(readingsOf(result).filter(({ isNear }) => isNear)).toHaveLength(1)
  })

  test('just above: invalid, with the figure, the bound and what to change', () => {
    const { verdict } = judged(run(above))
    expect(verdict.outcome).toBe('invalid')
    expect(verdict.reasons).toEqual([expect.stringContaining(says)])
    expect(verdict.attributedTo).toEqual([attributedTo])
  })
})

test('every bound of a plan is tested', () => {
  const tested = new Set(Object.values(cases).map(({ bound }) => bound))
  expect([...tested].sort()).toEqual(Object.keys(record.plan.validity).sort())
})

test.each(Object.entries(cases))('%s: a wider bound lets it pass', (_, { bound, run, above }) => {
  const plan = run(above).plan ?? record.plan
  const wider = bound.endsWith('Share') ? 1 : plan.validity[bound] * 2 + 1
  const validity = { ...plan.validity, [bound]: wider }
  expect(judged({ ...run(above), plan: samplePlan({ gates: [], validity }) }).verdict.outcome).toBe('pass')
})

test('invalid outranks a failed gate, with the reasons of both', () => {
  const plan = samplePlan({ gates: ['latency.p99 < 1us'] })
  const { verdict } = judged({ ...cases['event-loop lag']!.run(90_000), plan })
  expect(verdict.outcome).toBe('invalid')
  expect(verdict.reasons).toEqual([
    expect.stringContaining('event-loop lag'),
    expect.stringContaining('latency.p99 < 1us'),
  ])
})

test('connects that fail for lack of descriptors are attributed to the machine before the cluster', () => {
  const ticks = cases['connects that failed before any event']!.run(101).ticks!
  expect(judged({ ...failed('no-descriptors', 101), ticks }).verdict.attributedTo).toEqual([
    'machine',
    'cluster',
  ])
})

test('overflows that cannot be read and steps of the wall clock do not make a run invalid', () => {
  const wallClockSteps = [{ atMicros: record.measureMicros + 12_000_000, stepMs: -3_600_000.4 }]
  const { verdict, generator } = judged({ listenOverflows: null, wallClockSteps })
  expect(verdict.outcome).toBe('pass')
  expect(generator.wallClockSteps).toEqual([{ atMs: 12_000, stepMs: -3_600_000 }])
})
