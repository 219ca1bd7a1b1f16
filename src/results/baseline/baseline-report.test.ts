import { describe, expect, test } from 'vitest'
import { createRandom } from '../../base/random.js'
import { localClusterPlan } from '../../cluster/cluster-plan.js'
import { baselinePage } from '../../reporters/table/baseline-page.js'
import { assembleResult } from '../assemble/assemble.js'
import type { Result } from '../result.js'
import { samplePlan } from '../testing/sample-plan.js'
import { sampleRecord } from '../testing/sample-record.js'
import { reportOnBaseline } from './baseline-report.js'
import { incompatibilityOf } from './incompatibilities.js'
import { judgeMetric } from './judge-metric.js'
import { limitWords, parseLimit } from './limit.js'

const sample = assembleResult(sampleRecord())
const tool = sample.tool

/** The sample with another p99, µs. */
function run(p99: number, lost = 0): Result {
  const intended = { ...sample.latency.intended, p99 }
  return {
    ...sample,
    latency: { ...sample.latency, intended },
    delivery: { ...sample.delivery, lost },
  }
}

function outcomeOf(before: readonly number[], after: readonly number[], limit = 'latency.p99=10%') {
  const report = reportOnBaseline({
    tool,
    baseline: before.map((p99) => run(p99)),
    candidate: after.map((p99) => run(p99)),
    limits: [parseLimit(limit)],
    gates: [],
  })
  return { ...report.metrics[0]!, report: report.outcome }
}

describe('p99 over five repeats', () => {
  const before = [10_000, 10_300, 9_800, 10_100, 10_200]
  const times = (factor: number) => before.map((micros) => Math.round(micros * factor))

  test('20 % more is a regression', () => {
    const found = outcomeOf(before, times(1.2))
    expect(found).toMatchObject({ outcome: 'regression', report: 'fail', baselineMedian: 10_100 })
    expect(found.change).toBeCloseTo(0.2, 2)
    expect(found.interval!.low).toBeGreaterThan(0.1)
    expect(found.interval!.high).toBeLessThan(0.3)
  })

  test('the same again is noise', () => {
    expect(outcomeOf(before, [...before].reverse())).toMatchObject({ outcome: 'noise', report: 'pass' })
  })

  test('7 % more is more than noise, yet within a limit of 10 %', () => {
    expect(outcomeOf(before, times(1.07))).toMatchObject({ outcome: 'within limit', report: 'pass' })
  })

  test('less is an improvement', () => {
    expect(outcomeOf(before, times(0.8))).toMatchObject({ outcome: 'improvement', report: 'pass' })
  })

  test('a limit in ms holds beside one in per cent', () => {
    expect(outcomeOf(before, times(1.2), 'latency.p99=10%,5ms').outcome).toBe('within limit')
    expect(outcomeOf(before, times(1.2), 'latency.p99=10%,1ms').outcome).toBe('regression')
    expect(outcomeOf(before, times(1.2), 'latency.p99=1ms').outcome).toBe('regression')
  })

  test('of a figure of which more is better, less is the regression', () => {
    const counted = (count: number): Result => ({
      ...sample,
      delivery: { ...sample.delivery, delivered: count },
    })
    const report = reportOnBaseline({
      tool,
      baseline: [1_000, 1_001, 1_002].map(counted),
      candidate: [800, 801, 802].map(counted),
      limits: [parseLimit('delivery.delivered=10%')],
      gates: [],
    })
    expect(report.metrics[0]).toMatchObject({ outcome: 'regression' })
  })
})

describe('fewer than three runs', () => {
  test.each([
    [[10_000], [12_000], 'noise'],
    [[10_000], [13_000], 'regression'],
    [[10_000], [7_000], 'improvement'],
    [[10_000, 14_000], [13_000, 16_000], 'noise'],
    [[10_000], [10_100], 'noise'],
  ])('%j → %j: %s, and no interval', (before, after, outcome) => {
    expect(outcomeOf(before, after)).toMatchObject({ outcome, interval: null })
  })
})

describe('counts', () => {
  const losses = (values: readonly number[]) => values.map((lost) => run(10_000, lost))
  const outcome = (before: readonly number[], after: readonly number[]) =>
    reportOnBaseline({
      tool,
      baseline: losses(before),
      candidate: losses(after),
      limits: [parseLimit('delivery.lost=50%')],
      gates: [],
    }).metrics[0]!

  test.each([
    [[0, 0, 0, 0, 0], [3, 5, 1, 9, 2], 'regression'],
    [[0, 0, 0, 0, 0], [0, 0, 7, 0, 0], 'noise'],
    [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], 'noise'],
    [[100, 120, 90, 95, 130], [110, 125, 95, 99, 100], 'noise'],
    [[100, 120, 90, 95, 130], [220, 210, 250, 300, 240], 'regression'],
    [[0], [1], 'regression'],
  ])('%j → %j: %s', (before, after, expected) => {
    expect(outcome(before, after).outcome).toBe(expected)
  })

  test('from 0 there is no percentage', () => {
    expect(outcome([0, 0, 0], [4, 5, 6])).toMatchObject({ change: null, interval: null })
  })
})

describe('what is missing', () => {
  const recovery = (event: string, candidate: Result) =>
    reportOnBaseline({
      tool,
      baseline: [sample],
      candidate: [candidate],
      limits: [parseLimit(`recovery.p95{event=${event}}=10%`)],
      gates: [],
    })

  test('in the runs fails them', () => {
    const events = sample.events.map((event) => ({ ...event, affectedClients: 10 * event.affectedClients }))
    const report = recovery('node-kill#1', { ...sample, events })
    expect(report).toMatchObject({ outcome: 'fail', metrics: [{ outcome: 'missing', candidate: [null] }] })
  })

  test('in the baseline fails what was asked for by name', () => {
    expect(recovery('node-kill#7', sample)).toMatchObject({
      outcome: 'fail',
      metrics: [{ outcome: 'no baseline' }],
    })
  })
})

test('without limits it watches latency, losses, recovery and balance', () => {
  const report = reportOnBaseline({ tool, baseline: [sample], candidate: [sample], limits: [], gates: [] })
  expect(report.metrics.map(({ metric, outcome }) => [metric, outcome])).toEqual([
    ['latency.p50', 'noise'],
    ['latency.p99', 'noise'],
    ['delivery.lost', 'noise'],
    ['delivery.unexpected', 'noise'],
    ['connections.connect.p99', 'noise'],
    ['recovery.p95{event=node-kill#1}', 'noise'],
    ['recovery.p95{event=node-drain#1}', 'noise'],
    ['balance.maxOverMean{at=end}', 'noise'],
  ])
  expect(report.outcome).toBe('pass')
})

test('limits are read, and refused with what was meant', () => {
  expect(limitWords(parseLimit('latency.p99{phase=steady}=10%,2ms'))).toBe('10.0 % and 2.00 ms')
  expect(parseLimit('balance.maxOverMean{at=end}=0.1')).toMatchObject({ absolute: 0.1, relative: null })
  const refusals = ['latency.p99', 'latncy.p99=10%', 'latency.p99=10', 'latency.p99=10%,20%', 'latency.p99=']
  for (const text of refusals) expect(() => parseLimit(text), text).toThrow(/--max-regression/)
})

describe('what is not alike', () => {
  const kinds = (other: Result) => incompatibilityOf([sample, other]).map(({ path, kind }) => [path, kind])

  test('machine, scenario and embedded parts are told apart; versions are no hindrance', () => {
    expect(kinds({ ...sample, environment: { ...sample.environment, host: 'other' } })).toEqual([
      ['machine.host', 'machine'],
    ])
    const plan = samplePlan({ seed: 7 })
    expect(kinds({ ...sample, scenario: { ...sample.scenario, plan } })).toEqual([['seed', 'scenario']])
    const balancer = { ...sample.cluster.balancer, version: '1.30' }
    expect(kinds({ ...sample, cluster: { ...sample.cluster, balancer } })).toEqual([
      ['balancer version', null],
    ])
  })

  test('an embedded part is one thing that differs, not a scenario of its own', () => {
    const cluster = localClusterPlan(samplePlan().cluster)
    const plan = samplePlan({
      cluster: { ...cluster, balancer: { ...cluster.balancer, kind: 'embedded', isEmbedded: true } },
    })
    const balancer = { ...sample.cluster.balancer, kind: 'embedded', isEmbedded: true }
    const other = {
      ...sample,
      scenario: { ...sample.scenario, plan },
      cluster: { ...sample.cluster, balancer },
    }
    expect(new Set(kinds(other).map(([, kind]) => kind))).toEqual(new Set(['embedded']))
  })

  test('gates, bounds of validity and what a scenario says of itself may change, and are told', () => {
    const { gates, validity } = sample.scenario.plan
    const plan = samplePlan({
      gates: ['latency.p99 < 1s', ...gates.slice(1)],
      description: 'another',
      validity: { ...validity, pauseMs: 3_000 },
    })
    const other = { ...sample, scenario: { ...sample.scenario, hash: 'other', plan } }
    expect(kinds(other)).toEqual([
      ['description', null],
      ['validity.pauseMs', null],
      ['gate latency.p99 < 250ms', null],
      ['gate latency.p99 < 1s', null],
    ])
    const report = reportOnBaseline({ tool, baseline: [sample], candidate: [other], limits: [], gates: [] })
    const page = baselinePage(report, { columns: 80, color: false })
    expect(page).toMatch(/Not the same in all runs\n.*gate latency\.p99 < 1s: none, yes\n/s)
  })
})

describe('over thousands of drawn sets of repeats', () => {
  const SETS = 2_000

  /** Share of sets in which a regression past 10 % is told; runs vary by a factor of exp(spread · N(0, 1)). */
  function alarms(options: { repeats: number; factor: number; spread: number; seed: number }): number {
    const random = createRandom(options.seed)
    const draw = (factor: number) =>
      Array.from({ length: options.repeats }, () => {
        const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
        return run(Math.round(10_000 * factor * Math.exp(options.spread * normal)))
      })
    const limit = parseLimit('latency.p99=10%')
    let alarmed = 0
    for (let set = 0; set < SETS; set += 1) {
      if (judgeMetric(limit, draw(1), draw(options.factor)).outcome === 'regression') alarmed += 1
    }
    return alarmed / SETS
  }

  test.each([
    { repeats: 5, spread: 0.03, most: 0 },
    { repeats: 5, spread: 0.05, most: 0.005 },
    { repeats: 5, spread: 0.1, most: 0.02 },
    { repeats: 5, spread: 0.3, most: 0.025 },
    { repeats: 3, spread: 0.1, most: 0.05 },
    { repeats: 1, spread: 0.05, most: 0.005 },
  ])('$repeats unchanged repeats that vary by $spread: false alarms ≤ $most', ({ most, ...options }) => {
    const share = alarms({ ...options, factor: 1, seed: 1 })
    console.info(`unchanged, ${options.repeats} repeats, spread ${options.spread}: ${share} false alarms`)
    expect(share).toBeLessThanOrEqual(most)
  })

  test.each([
    { repeats: 5, spread: 0.03, least: 0.99 },
    { repeats: 5, spread: 0.05, least: 0.98 },
    { repeats: 5, spread: 0.1, least: 0.5 },
    { repeats: 10, spread: 0.1, least: 0.9 },
    { repeats: 3, spread: 0.05, least: 0.85 },
  ])('$repeats repeats that vary by $spread, 20 % slower: told in ≥ $least', ({ least, ...options }) => {
    const share = alarms({ ...options, factor: 1.2, seed: 2 })
    console.info(`20 % slower, ${options.repeats} repeats, spread ${options.spread}: told in ${share}`)
    expect(share).toBeGreaterThanOrEqual(least)
  })
})
