import type { Metric, Selector } from '../gates/metric.js'
import { metrics } from '../gates/metrics.js'
import type { Result } from '../result.js'
import { bisect } from '../statistics/distributions.js'
import {
  type Counted,
  chanceFromZero,
  poissonBound,
  type RateChange,
  rateChangeOf,
} from '../statistics/rates.js'
import { errorsToShow, gapTo, repeatsToShow } from '../statistics/shift.js'
import type { Finding, Sensitivity } from './finding.js'
import type { Limit } from './limit.js'

/** Whether a metric counts what should not happen: losses, duplicates, failures. */
export function isRareCount({ unit, better }: Metric): boolean {
  return unit === 'count' && better === 'lower'
}

/** Deliveries are counted of those that were planned in the same part of the run; anything else is counted by run. */
export function exposuresOf(
  { metric, selector }: Limit,
  results: readonly Result[],
  counts: readonly number[],
): Counted[] {
  const whole = metrics.get('delivery.planned')!
  const part: Selector = selector && whole.selectors.includes(selector.key) ? selector : null
  const isDelivery = metric.name.startsWith('delivery.')
  return counts.map((count, index) => ({
    count,
    exposure: (isDelivery && whole.read(results[index]!, part)) || 1,
  }))
}

/** Judges counts by their sums over the repeats. Where one side counts nothing, each count of the other is exact evidence. */
export function judgeCounts(
  limit: Limit,
  before: readonly Counted[],
  after: readonly Counted[],
  level: number,
): Finding {
  const change = rateChangeOf(before, after, level)
  const { from, to, ratio, interval } = change
  const outcome = outcomeOf(change, { limit, runs: [before.length, after.length], level })
  const isFromZero = from.count === 0
  return {
    change: isFromZero ? (to.count === 0 ? 0 : null) : ratio - 1,
    interval:
      isFromZero || interval === null
        ? null
        : { ...interval, low: interval.low - 1, high: interval.high - 1 },
    totals: { baseline: from.count, candidate: to.count },
    outcome,
    sensitivity:
      outcome === 'inconclusive'
        ? sensitivityOf(change, { limit, runs: [before.length, after.length], level })
        : null,
  }
}

interface Terms {
  readonly limit: Limit
  /** Of the baseline and of the candidate. */
  readonly runs: readonly [number, number]
  readonly level: number
}

function outcomeOf(change: RateChange, terms: Terms): Finding['outcome'] {
  const { from, to, ratio, interval } = change
  const { level } = terms
  const share = to.exposure / (from.exposure + to.exposure)
  if (to.count === 0) {
    return from.count > 0 && chanceFromZero(from.count, 1 - share) <= level ? 'improvement' : 'unchanged'
  }
  if (from.count === 0) return outcomeFromZero(change, chanceFromZero(to.count, share) <= level, terms)
  if (interval === null) return 'inconclusive'
  const past = pastRatio(change, terms)
  if (interval.low > 1 && ratio > past) return 'regression'
  if (interval.high > past) return 'inconclusive'
  if (interval.low > 1) return 'within limit'
  return interval.high < 1 ? 'improvement' : 'unchanged'
}

/** From nothing, any count is past a limit in per cent, and past one in counts if the mean of the runs is. */
function outcomeFromZero({ to, dispersion }: RateChange, isShown: boolean, terms: Terms): Finding['outcome'] {
  const { limit, level, runs } = terms
  const past = limit.absolute ?? 0
  if (isShown && to.count / runs[1] > past) return 'regression'
  const scale = dispersion ?? 1
  if ((scale * poissonBound(to.count / scale, level)) / runs[1] > past) return 'inconclusive'
  return isShown ? 'within limit' : 'unchanged'
}

/** The ratio beyond which the limit is passed. */
function pastRatio({ from }: RateChange, { limit, runs }: Terms): number {
  return 1 + Math.max(limit.relative ?? 0, ((limit.absolute ?? 0) * runs[0]) / from.count)
}

/** Logarithm of a factor that is no more worth telling. */
const MOST_SHOWN = 10

/** A sum of this mean is at least 3 in 4 of 5 cases: what it takes from 0, where both sides have as many runs. */
const MEAN_FROM_ZERO = 4.28

function sensitivityOf(change: RateChange, terms: Terms): Sensitivity {
  const { from, to, dispersion } = change
  const { runs, level } = terms
  if (from.count === 0) {
    return {
      smallestChange: null,
      smallestAmount: MEAN_FROM_ZERO / runs[1],
      repeats: Math.max(Math.ceil((MEAN_FROM_ZERO * runs[1]) / to.count), Math.min(...runs) + 1),
    }
  }
  if (dispersion === null) return { smallestChange: null, smallestAmount: null, repeats: null }
  const each = from.count / runs[0]
  const past = Math.log(pastRatio(change, terms))
  const variance = (dispersion * (1 + Math.exp(-past))) / each
  const repeats = past > 0 ? repeatsToShow(gapTo(past, Math.log(change.ratio)), { variance, level }) : null
  const errors = errorsToShow(level, runs[0] + runs[1] - 2)
  const part = to.exposure / from.exposure
  const errorOf = (size: number) => Math.sqrt((dispersion * (1 + 1 / (part * Math.exp(size)))) / from.count)
  const size = bisect((factor) => factor >= errors * errorOf(factor), 0, MOST_SHOWN)
  const smallest = size < MOST_SHOWN ? Math.expm1(size) : null
  return {
    smallestChange: smallest,
    smallestAmount: smallest === null ? null : smallest * each,
    repeats: repeats && Math.max(repeats, Math.min(...runs) + 1),
  }
}
