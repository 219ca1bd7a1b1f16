import type { Metric } from '../gates/metric.js'
import type { Result } from '../result.js'
import { type Limit, limitWords, measureWords } from './limit.js'
import { type Interval, median, shiftOf } from './shift.js'

/**
 * regression: worse, more than noise and past the limit. within limit: worse, more than noise, not past it. noise: the
 * repeats do not tell the two apart. improvement: better, more than noise. missing: a run has no such figure though the
 * baseline has. no baseline: a run of the baseline has none.
 */
export type MetricOutcome =
  | 'regression'
  | 'within limit'
  | 'noise'
  | 'improvement'
  | 'missing'
  | 'no baseline'

/** A metric of a run's repeats against those of its baseline. */
export interface MetricVerdict {
  readonly metric: string
  readonly unit: Metric['unit']
  readonly better: Metric['better']
  /** In the metric's unit, a value a run; null where the run has none. */
  readonly baseline: readonly (number | null)[]
  readonly candidate: readonly (number | null)[]
  readonly baselineMedian: number | null
  readonly candidateMedian: number | null
  /** By how much it went up, in shares of the baseline; null without a value, or from 0. */
  readonly change: number | null
  /** Of `change`; null with fewer than 3 runs on a side. */
  readonly interval: Interval | null
  readonly limit: string
  readonly outcome: MetricOutcome
}

/** What a single pair of runs may differ by on an idle machine without anything having changed. */
const ASSUMED_NOISE = 0.25

export function judgeMetric(
  limit: Limit,
  baseline: readonly Result[],
  candidate: readonly Result[],
): MetricVerdict {
  const { metric, selector } = limit
  const before = baseline.map((result) => metric.read(result, selector))
  const after = candidate.map((result) => metric.read(result, selector))
  const known = {
    metric: measureWords(limit),
    unit: metric.unit,
    better: metric.better,
    baseline: before,
    candidate: after,
    baselineMedian: medianOf(before),
    candidateMedian: medianOf(after),
    limit: limitWords(limit),
  }
  if (!isComplete(before)) return { ...known, change: null, interval: null, outcome: 'no baseline' }
  if (!isComplete(after)) return { ...known, change: null, interval: null, outcome: 'missing' }
  return { ...known, ...compare(limit, before, after) }
}

function isComplete(values: readonly (number | null)[]): values is readonly number[] {
  return values.every((value) => value !== null)
}

function medianOf(values: readonly (number | null)[]): number | null {
  const some = values.filter((value) => value !== null).sort((one, other) => one - other)
  return some.length === 0 ? null : median(some)
}

type Compared = Pick<MetricVerdict, 'change' | 'interval' | 'outcome'>

/** Times by their ratios, as a machine that is slower is so by a factor; all else by differences. */
function compare(limit: Limit, before: readonly number[], after: readonly number[]): Compared {
  const center = medianOf(before)!
  const isTime = limit.metric.unit === 'micros'
  const scaled = (values: readonly number[]) =>
    isTime ? values.map((value) => Math.log(Math.max(1, value))) : values
  const { estimate, interval } = shiftOf(scaled(before), scaled(after))
  /** A shift in the metric's own unit. */
  const own = (shift: number) => (isTime ? center * Math.expm1(shift) : shift)
  const relative = (shift: number) => (own(shift) === 0 ? 0 : own(shift) / Math.abs(center))
  const change = relative(estimate)
  const sign = limit.metric.better === 'lower' ? 1 : -1
  const isPast = (shift: number) =>
    (limit.relative === null || sign * relative(shift) > limit.relative) &&
    (limit.absolute === null || sign * own(shift) > limit.absolute)
  const share = interval && {
    low: relative(interval.low),
    high: relative(interval.high),
    confidence: interval.confidence,
  }
  const told = {
    change: Number.isFinite(change) ? change : null,
    interval: share && Number.isFinite(share.low) && Number.isFinite(share.high) ? share : null,
  }
  const [least, most] = interval ? [interval.low, interval.high] : withAssumedNoise(before, after, isTime)
  const [leastWorse, mostWorse] = sign === 1 ? [least, most] : [-most, -least]
  if (mostWorse < 0) return { ...told, outcome: 'improvement' }
  if (leastWorse <= 0) return { ...told, outcome: 'noise' }
  return { ...told, outcome: isPast(estimate) ? 'regression' : 'within limit' }
}

/**
 * Where no interval can be had: from the least to the greatest difference there is, and to each side as much as single runs
 * may differ by.
 */
function withAssumedNoise(
  before: readonly number[],
  after: readonly number[],
  isTime: boolean,
): [number, number] {
  const [from, to] = isTime
    ? [before, after].map((values) => values.map((value) => Math.log(Math.max(1, value))))
    : [before, after]
  const noise = isTime ? Math.log1p(ASSUMED_NOISE) : ASSUMED_NOISE * Math.abs(Math.max(...before))
  return [Math.min(...to!) - Math.max(...from!) - noise, Math.max(...to!) - Math.min(...from!) + noise]
}
