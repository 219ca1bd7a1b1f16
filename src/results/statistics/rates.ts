import { binomialTail, bisect, normalQuantile, poissonTail, studentQuantile } from './distributions.js'
import { FEWEST_RUNS, type Interval } from './shift.js'

/** What a run counted, and of how many it could have counted: losses of deliveries. */
export interface Counted {
  readonly count: number
  readonly exposure: number
}

/** How the rate of one sample of runs compares with that of another. */
export interface RateChange {
  readonly from: Counted
  readonly to: Counted
  /** Rate of `to` over that of `from`; NaN if both are 0. */
  readonly ratio: number
  /** Of the ratio; `high` is infinite from 0. Null with fewer than 3 runs on a side. */
  readonly interval: Interval | null
  /** Variance of the counts between repeats over that of independent losses, at least 1. Null: too few runs. */
  readonly dispersion: number | null
}

/**
 * Compares rates by the sums over all runs, which decide by a binomial test of how the whole count fell on the two
 * sides (Clopper and Pearson's interval). Where runs of one side differ by more than independent losses would, the
 * counts are divided by that dispersion first (quasi-Poisson), and by (t/z)² for it being an estimate.
 *
 * Each end of the interval is wrong with probability `level`.
 */
export function rateChangeOf(
  before: readonly Counted[],
  after: readonly Counted[],
  level: number,
): RateChange {
  const [from, to] = [sumOf(before), sumOf(after)]
  const ratio = rateOf(to) / rateOf(from)
  if (Math.min(before.length, after.length) < FEWEST_RUNS) {
    return { from, to, ratio, interval: null, dispersion: null }
  }
  const degrees = before.length + after.length - 2
  const dispersion = Math.max(1, (pearson(before) + pearson(after)) / degrees)
  const caution = (studentQuantile(level, degrees) / normalQuantile(level)) ** 2
  const scale = Math.max(1, dispersion * caution)
  const interval = clopperPearson(to.count / scale, (from.count + to.count) / scale, level)
  const ratioAt = (share: number) => (share / (1 - share)) * (from.exposure / to.exposure)
  return {
    from,
    to,
    ratio,
    interval: { low: ratioAt(interval.low), high: ratioAt(interval.high), confidence: interval.confidence },
    dispersion,
  }
}

/** Interval of a share of which `count` of `trials` were seen; each end is wrong with probability `level`. */
export function clopperPearson(count: number, trials: number, level: number): Interval {
  return {
    low: count <= 0 ? 0 : bisect((share) => binomialTail(count, trials, share) >= level, 0, 1),
    high:
      count >= trials ? 1 : bisect((share) => binomialTail(trials - count, trials, 1 - share) <= level, 0, 1),
    confidence: 1 - 2 * level,
  }
}

/**
 * P that a side counts at least `count` and the other 0, if their rates are the same: at the rate that makes it likeliest
 * (an exact unconditional test). `share` is the counting side's part of the whole exposure.
 */
export function chanceFromZero(count: number, share: number): number {
  if (count > 100) return 0
  const chance = (mean: number) => Math.exp(-mean * (1 - share)) * poissonTail(count, mean * share)
  // It rises to one maximum and falls: ternary search.
  let [low, high] = [0, (2 * (count + 1)) / share]
  for (let step = 0; step < 100; step += 1) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3]
    if (chance(left) < chance(right)) low = left
    else high = right
  }
  return chance((low + high) / 2)
}

/** Upper bound of the mean of a Poisson count, which need not be whole; wrong with probability `level`. */
export function poissonBound(count: number, level: number): number {
  return clopperPearson(count, MANY, level).high * MANY
}

/** A binomial count of so many trials is Poisson's. */
const MANY = 1e7

export function sumOf(runs: readonly Counted[]): Counted {
  return {
    count: runs.reduce((sum, { count }) => sum + count, 0),
    exposure: runs.reduce((sum, { exposure }) => sum + exposure, 0),
  }
}

function rateOf({ count, exposure }: Counted): number {
  return count / exposure
}

/** Pearson's χ² of counts around their common rate. */
function pearson(runs: readonly Counted[]): number {
  const rate = rateOf(sumOf(runs))
  if (rate === 0) return 0
  return runs.reduce(
    (sum, { count, exposure }) => sum + (count - rate * exposure) ** 2 / (rate * exposure),
    0,
  )
}
