import { describe, expect, test } from 'vitest'
import { localClusterPlan } from '../../cluster/cluster-plan.js'
import { baselinePage } from '../../reporters/table/baseline-page.js'
import { assembleResult } from '../assemble/assemble.js'
import { parseGate } from '../gates/gates.js'
import type { Result } from '../result.js'
import { samplePlan } from '../testing/sample-plan.js'
import { sampleRecord } from '../testing/sample-record.js'
import { withoutOverhead } from '../testing/without-overhead.js'
import { reportOnBaseline } from './baseline-report.js'
import { incompatibilityOf } from './incompatibilities.js'
import { judgeMetric } from './judge-metric.js'
import { limitWords, parseLimit } from './limit.js'

const sample = withoutOverhead(assembleResult(sampleRecord()))
const lateGenerator = assembleResult(sampleRecord()).generator
const tool = sample.tool

/** The sample with another p99, µs. */
function run(p99: number, lost = 0): Result {
  const fromPlannedSend = { ...sample.latency.fromPlannedSend, p99 }
  return {
    ...sample,
    latency: { ...sample.latency, fromPlannedSend },
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

  test('the same again is unchanged', () => {
    const found = outcomeOf(before, [...before].reverse())
    expect(found).toMatchObject({ outcome: 'unchanged', report: 'pass', sensitivity: null })
  })

  test('6 % more is more than chance, yet within a limit of 10 %', () => {
    expect(outcomeOf(before, times(1.06))).toMatchObject({ outcome: 'within limit', report: 'pass' })
  })

  test('an interval that reaches past the limit is inconclusive, and says what it would take', () => {
    const varied = [10_000, 12_500, 8_200, 11_000, 9_100]
    const found = outcomeOf(varied, [10_400, 9_000, 12_000, 8_800, 11_500])
    expect(found).toMatchObject({ outcome: 'inconclusive', report: 'inconclusive', ok: true })
    const { smallestChange, smallestAmount, repeats } = found.sensitivity!
    // Runs that vary by 15 %: t = 2.31 + 0.89 standard errors of 15 % × √(2/5), as a factor.
    expect(smallestChange).toBeCloseTo(0.36, 1)
    expect(smallestAmount).toBeCloseTo(smallestChange! * 10_000, 6)
    // 2 × (2.8 × 16 % / 9.5 %)² if nothing had changed, up to four times that for an estimate near the limit.
    expect(repeats).toBeGreaterThan(45)
    expect(repeats).toBeLessThan(4 * 47)
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
    [[10_000], [12_000]],
    [[10_000], [13_000]],
    [[10_000], [7_000]],
    [[10_000], [10_000]],
    [
      [10_000, 14_000],
      [13_000, 16_000],
    ],
  ])('%j → %j: times are inconclusive', (before, after) => {
    const found = outcomeOf(before, after)
    expect(found).toMatchObject({ outcome: 'inconclusive', interval: null, report: 'inconclusive' })
    expect(found.sensitivity).toMatchObject({ smallestChange: null, smallestAmount: null })
  })

  test('of two runs on a side, how much they vary is known, and so how many would do', () => {
    expect(outcomeOf([10_000], [10_500]).sensitivity!.repeats).toBeNull()
    expect(outcomeOf([10_000, 10_400], [10_100, 10_500]).sensitivity!.repeats).toBeGreaterThanOrEqual(3)
  })

  test('can be made to fail', () => {
    const limits = [parseLimit('latency.p99=10%')]
    const runs = { tool, baseline: [run(10_000)], candidate: [run(10_000)], limits, gates: [] }
    expect(reportOnBaseline({ ...runs, failsOnInconclusive: true })).toMatchObject({
      outcome: 'fail',
      metrics: [{ outcome: 'inconclusive', ok: false }],
    })
  })
})

describe('counts', () => {
  const losses = (values: readonly number[]) => values.map((lost) => run(10_000, lost))
  const judged = (before: readonly number[], after: readonly number[], limit = 'delivery.lost=50%') =>
    reportOnBaseline({
      tool,
      baseline: losses(before),
      candidate: losses(after),
      limits: [parseLimit(limit)],
      gates: [],
    })
  const outcome = (...args: Parameters<typeof judged>) => judged(...args).metrics[0]!

  test.each([
    [[0, 0, 0, 0, 0], [0, 0, 40, 0, 30], 'regression'],
    [[0, 0, 0, 0, 0], [3, 5, 1, 9, 2], 'regression'],
    [[0, 0, 0, 0, 0], [0, 0, 7, 0, 0], 'regression'],
    [[0, 0, 0, 0, 0], [1, 0, 1, 1, 0], 'regression'],
    [[0, 0, 0, 0, 0], [1, 0, 1, 0, 0], 'inconclusive'],
    [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], 'unchanged'],
    [[0], [0], 'unchanged'],
    [[0], [1], 'inconclusive'],
    [[0], [5], 'regression'],
    [[3], [0], 'improvement'],
    [[1], [0], 'unchanged'],
    [[10], [1_000], 'inconclusive'],
    [[100, 120, 90, 95, 130], [110, 125, 95, 99, 100], 'unchanged'],
    [[100, 120, 90, 95, 130], [220, 210, 250, 300, 240], 'regression'],
    [[100, 120, 90, 95, 130], [120, 135, 120, 132, 151], 'within limit'],
    [[100, 120, 90, 95, 130], [10, 12, 3, 14, 9], 'improvement'],
    [[10, 12, 9, 14, 11], [9, 14, 13, 12, 10], 'inconclusive'],
    // One bad run in five of the same cluster: the repeats vary too much to tell.
    [[10, 12, 9, 14, 11], [9, 900, 13, 12, 10], 'inconclusive'],
  ])('%j → %j: %s', (before, after, expected) => {
    expect(outcome(before, after).outcome).toBe(expected)
  })

  test('from five runs without loss to two with losses: 99, by the sums', () => {
    const report = judged([0, 0, 0, 0, 0], [0, 0, 40, 0, 30])
    expect(report).toMatchObject({
      outcome: 'fail',
      metrics: [{ totals: { baseline: 0, candidate: 70 }, change: null, interval: null }],
    })
  })

  test('rates are of what was planned, so that longer runs lose no more by being longer', () => {
    const long = (lost: number): Result => {
      const result = run(10_000, lost)
      return { ...result, delivery: { ...result.delivery, planned: 10 * result.delivery.planned } }
    }
    const counted = { baseline: losses([100, 110, 90]), candidate: [1_000, 1_050, 950].map(long) }
    expect(judgeMetric(parseLimit('delivery.lost=50%'), counted)).toMatchObject({ outcome: 'unchanged' })
  })

  test('an amount as the limit is of a run', () => {
    expect(outcome([0, 0, 0, 0, 0], [2, 1, 3, 1, 2], 'delivery.lost=5').outcome).toBe('within limit')
    expect(outcome([0, 0, 0, 0, 0], [20, 12, 31, 11, 20], 'delivery.lost=5').outcome).toBe('regression')
    expect(outcome([10, 12, 9, 14, 11], [30, 32, 29, 34, 31], 'delivery.lost=5').outcome).toBe('regression')
    expect(outcome([10, 12, 9, 14, 11], [30, 32, 29, 34, 31], 'delivery.lost=90').outcome).toBe(
      'within limit',
    )
  })

  test('what is inconclusive says from which loss on these repeats tell', () => {
    expect(outcome([0, 0, 0, 0, 0], [1, 0, 1, 0, 0]).sensitivity).toEqual({
      smallestChange: null,
      smallestAmount: 4.28 / 5,
      repeats: 11,
    })
    const { smallestChange, repeats } = outcome([10, 12, 9, 14, 11], [9, 14, 13, 12, 10]).sensitivity!
    expect(smallestChange).toBeGreaterThan(0.5)
    expect(smallestChange).toBeLessThan(1)
    expect(repeats).toBeGreaterThan(5)
    expect(repeats).toBeLessThan(20)
  })
})

describe('gates over several runs', () => {
  const reason = (expression: string, p99s: readonly number[]) =>
    reportOnBaseline({
      tool,
      baseline: [],
      candidate: p99s.map((p99) => run(p99)),
      limits: [],
      gates: [parseGate(expression)],
    }).gates[0]!

  test('show the worst and the range, whether they pass or fail', () => {
    expect(reason('latency.p99 < 20ms', [12_000, 15_000, 11_000])).toMatchObject({
      outcome: 'pass',
      value: 15_000,
      reason: 'passes in all 3 runs; worst in run 2: p99 15.0 ms, limit 20 ms; range 11.0 ms to 15.0 ms',
    })
    expect(reason('latency.p99 < 12ms', [11_000, 13_000, 15_000])).toMatchObject({
      outcome: 'fail',
      value: 15_000,
      reason: 'passes in 1 of 3 runs; worst in run 3: p99 15.0 ms, limit 12 ms; range 11.0 ms to 15.0 ms',
    })
    expect(reason('latency.p99 > 12ms', [11_000, 13_000, 15_000])).toMatchObject({
      outcome: 'fail',
      value: 11_000,
    })
    expect(reason('latency.p99 == 12ms', [12_000, 12_000, 15_000])).toMatchObject({
      outcome: 'fail',
      value: 15_000,
    })
  })

  test('are undecided where none fails and one is; that is inconclusive, or fails where that is to', () => {
    const undecided = (p99: number): Result => ({ ...run(p99), generator: lateGenerator })
    const report = (candidate: readonly Result[], failsOnInconclusive = false) =>
      reportOnBaseline({
        tool,
        baseline: [],
        candidate,
        limits: [],
        gates: [parseGate('latency.p99 < 20ms')],
        failsOnInconclusive,
      })
    const mixed = [run(19_000), undecided(12_000)]
    expect(report(mixed)).toMatchObject({
      outcome: 'inconclusive',
      gates: [
        {
          outcome: 'undecided',
          reason: expect.stringContaining('passes in 1 of 2 runs; worst in run 2: undecided: p99 12.0 ms'),
        },
      ],
    })
    expect(report(mixed, true)).toMatchObject({ outcome: 'fail', gates: [{ outcome: 'fail' }] })
    expect(report([...mixed, run(25_000)])).toMatchObject({ outcome: 'fail', gates: [{ outcome: 'fail' }] })
  })

  test('of one run there is no range', () => {
    expect(reason('latency.p99 < 20ms', [12_000]).reason).toBe('p99 12.0 ms, limit 20 ms')
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

test('without limits it watches availability, throughput, latency, losses, recovery and balance', () => {
  const report = reportOnBaseline({ tool, baseline: [sample], candidate: [sample], limits: [], gates: [] })
  const outcomes = Object.fromEntries(report.metrics.map(({ metric, outcome }) => [metric, outcome]))
  const { 'delivery.availability': availability, ...others } = outcomes
  expect(availability).toBe('inconclusive')
  expect(others).toEqual({
    'delivery.throughput': 'inconclusive',
    'latency.p50': 'inconclusive',
    'latency.p99': 'inconclusive',
    'delivery.lost': 'inconclusive',
    'delivery.unexpected': 'unchanged',
    'connections.connect.p99': 'inconclusive',
    'recovery.p95{event=node-kill#1}': 'inconclusive',
    'recovery.p95{event=node-drain#1}': 'inconclusive',
    'balance.maxOverMean{at=end}': 'inconclusive',
  })
  expect(report.outcome).toBe('inconclusive')
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
