import { describe, expect, test } from 'vitest'
import { assembleResult } from '../assemble/assemble.js'
import type { Result } from '../result.js'
import { Draws } from '../testing/draws.js'
import { sampleRecord } from '../testing/sample-record.js'
import { judgeAll } from './baseline-report.js'
import type { MetricOutcome } from './finding.js'
import { judgeMetric } from './judge-metric.js'
import { parseLimit } from './limit.js'

/**
 * How often verdicts are wrong, over drawn sets of repeats. The figures of docs/baselines.md are printed by
 * `SIMULATED_SETS=20000 npx vitest run --project unit src/results/baseline/error-rates.test.ts`.
 */

const sample = assembleResult(sampleRecord())
const SETS = Number(process.env.SIMULATED_SETS ?? 1_000)
/** Three standard errors of a share of 5 % over so many sets. */
const CHANCE = 3 * Math.sqrt((0.05 * 0.95) / SETS)

function withP99(p99: number): Result {
  return {
    ...sample,
    latency: { ...sample.latency, fromPlannedSend: { ...sample.latency.fromPlannedSend, p99 } },
  }
}

function withLost(lost: number): Result {
  return { ...sample, delivery: { ...sample.delivery, lost } }
}

interface Drawing {
  readonly metric: string
  readonly repeats: number
  readonly before: (draws: Draws) => Result
  readonly after: (draws: Draws) => Result
  readonly measured?: number
}

/** Shares of outcomes. */
function shares({ metric, repeats, before, after, measured = 1 }: Drawing, name: string) {
  const draws = new Draws(1)
  const limit = parseLimit(metric)
  const counted: Record<MetricOutcome, number> = {
    ...{ regression: 0, 'within limit': 0, unchanged: 0, inconclusive: 0, improvement: 0 },
    ...{ missing: 0, 'no baseline': 0 },
  }
  for (let set = 0; set < SETS; set += 1) {
    const runs = {
      baseline: draws.some(repeats, () => before(draws)),
      candidate: draws.some(repeats, () => after(draws)),
    }
    counted[judgeMetric(limit, runs, measured).outcome] += 1 / SETS
  }
  const told = Object.entries(counted).filter(([, share]) => share > 0)
  console.info(`${name}: ${told.map(([word, share]) => `${word} ${(share * 100).toFixed(1)} %`).join(', ')}`)
  return counted
}

describe('p99, limit 10 %', () => {
  const times = (factor: number, spread: number) => (draws: Draws) =>
    withP99(Math.round(10_000 * factor * Math.exp(spread * draws.normal())))
  const judged = (options: { repeats: number; spread: number; factor: number; metrics?: number }) =>
    shares(
      {
        metric: 'latency.p99=10%',
        repeats: options.repeats,
        before: times(1, options.spread),
        after: times(options.factor, options.spread),
        measured: options.metrics ?? 1,
      },
      `${options.factor} × p99, ${options.repeats} repeats, sd ${options.spread}, ${options.metrics ?? 1} metrics`,
    )

  test.each([3, 5, 10])('%i repeats: false alarms in at most 5 of 100', (repeats) => {
    for (const spread of [0.05, 0.2, 0.5]) {
      expect(judged({ repeats, spread, factor: 1 }).regression).toBeLessThan(0.025 + CHANCE)
    }
  })

  test('20 % slower, 5 repeats that vary by 5 %: told in at least 90 %', () => {
    expect(judged({ repeats: 5, spread: 0.05, factor: 1.2 }).regression).toBeGreaterThan(0.97)
    expect(judged({ repeats: 5, spread: 0.05, factor: 1.2, metrics: 9 }).regression).toBeGreaterThan(0.93)
  })

  test('20 % slower, 5 repeats that vary by 20 %: inconclusive, unless it is told; never passed', () => {
    const { regression, inconclusive } = judged({ repeats: 5, spread: 0.2, factor: 1.2, metrics: 9 })
    expect(inconclusive).toBeGreaterThan(0.85)
    expect(regression + inconclusive).toBeGreaterThan(0.975)
  })

  test('20 % slower and passed: in at most 2.5 % (5 % with 3 repeats), however runs vary', () => {
    for (const repeats of [3, 5, 10]) {
      for (const spread of [0.1, 0.2]) {
        const { regression, inconclusive } = judged({ repeats, spread, factor: 1.2 })
        expect(1 - regression - inconclusive).toBeLessThan((repeats === 3 ? 0.05 : 0.025) + CHANCE)
      }
    }
  })

  test('what steady runs did not change is passed', () => {
    const { unchanged, ...others } = judged({ repeats: 5, spread: 0.02, factor: 1 })
    expect(unchanged + others.improvement + others['within limit']).toBeGreaterThan(0.99)
  })
})

describe('delivery.lost, limit 50 % and anything from 0', () => {
  type Draw = (draws: Draws) => number
  const judged = (repeats: number, before: Draw, after: Draw, name: string) =>
    shares(
      {
        metric: 'delivery.lost=50%,0',
        repeats,
        before: (draws) => withLost(before(draws)),
        after: (draws) => withLost(after(draws)),
      },
      `lost ${name}, ${repeats} repeats`,
    )
  const poisson =
    (mean: number): Draw =>
    (draws) =>
      draws.poisson(mean)

  test.each([3, 5, 10])('%i repeats, independent losses: false alarms in at most 5 of 100', (repeats) => {
    // Near 1.8 in all on each side the rule from zero is wrong most often.
    for (const mean of [1.8 / repeats, 0.2, 1, 3, 10, 100]) {
      const { regression } = judged(repeats, poisson(mean), poisson(mean), `${mean}, unchanged`)
      expect(regression).toBeLessThan(0.05 + CHANCE)
    }
  })

  test.each([3, 5, 10])('%i repeats, over-dispersed losses: false alarms in at most 5 of 100', (repeats) => {
    for (const [mean, shape] of [
      [10, 1],
      [10, 3],
      [100, 1],
      [1_000, 2],
    ] as const) {
      const draw: Draw = (draws) => draws.negativeBinomial(mean, shape)
      const { regression } = judged(repeats, draw, draw, `${mean} of shape ${shape}, unchanged`)
      expect(regression).toBeLessThan(0.05 + CHANCE)
    }
  })

  test('losses that come in bursts alarm where the baseline had none: at most in 1 of 4', () => {
    const burst: Draw = (draws) => (draws.uniform() < 0.13 ? 40 : 0)
    expect(judged(5, burst, burst, 'bursts of 40 in 13 % of runs').regression).toBeLessThan(0.25 + CHANCE)
  })

  test('0 → 1 per run, 5 repeats: told in at least 80 %', () => {
    expect(judged(5, () => 0, poisson(1), '0 → 1').regression).toBeGreaterThan(0.83)
  })

  test('10 → 20 per run, 5 repeats: told in at least 90 %', () => {
    expect(judged(5, poisson(10), poisson(20), '10 → 20').regression).toBeGreaterThan(0.92)
  })
})

describe('nine metrics in one report', () => {
  const figures = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const
  const limits = [
    ...figures.map((figure) => `latency.${figure}=10%`),
    ...['connections.connect.p99=10%', 'delivery.throughput=10%'],
    ...['delivery.lost=50%,0', 'delivery.unexpected=50%,0'],
  ].map(parseLimit)

  /** Every figure varies by itself, which is the worst case; nothing is lost. */
  function drawn(draws: Draws, spread: number): Result {
    const around = (value: number) => Math.round(value * Math.exp(spread * draws.normal()))
    const { latency, connections, timeline, delivery } = sample
    const drawnFigures = Object.fromEntries(figures.map((figure) => [figure, around(10_000)]))
    const received = around(25_000)
    return {
      ...sample,
      latency: { ...latency, fromPlannedSend: { ...latency.fromPlannedSend, ...drawnFigures } },
      connections: {
        ...connections,
        connectMicros: { ...connections.connectMicros, p99: around(1_500_000) },
      },
      timeline: timeline.map((second) => ({ ...second, received })),
      delivery: { ...delivery, lost: 0 },
    }
  }

  test.each([3, 5, 10])('%i repeats: any false alarm in at most 5 of 100 reports', (repeats) => {
    for (const spread of [0.05, 0.2]) {
      const draws = new Draws(3)
      let alarms = 0
      for (let set = 0; set < SETS; set += 1) {
        const verdicts = judgeAll(limits, {
          baseline: draws.some(repeats, () => drawn(draws, spread)),
          candidate: draws.some(repeats, () => drawn(draws, spread)),
        })
        if (verdicts.some(({ outcome }) => outcome === 'regression')) alarms += 1
      }
      console.info(
        `any of nine, ${repeats} repeats, sd ${spread}: ${((100 * alarms) / SETS).toFixed(1)} % alarms`,
      )
      expect(alarms / SETS).toBeLessThan(0.025 + CHANCE)
    }
  })
})
