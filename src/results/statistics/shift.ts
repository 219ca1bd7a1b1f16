import { bisect, remembered, studentQuantile, studentTail } from './distributions.js'

/** By how much the values of one sample lie above those of another. */
export interface Shift {
  /** Hodges–Lehmann: the median of all differences between a value of the one and a value of the other. */
  readonly estimate: number
  /** Null where there are too few values to have one. */
  readonly interval: Interval | null
  /** Standard deviation of the values of a sample, pooled over both; null with one value on each side. */
  readonly spread: number | null
  /** P of a mean at least so much higher if nothing differs: one-sided, pooled t test. */
  readonly chanceAbove: number
}

export interface Interval {
  readonly low: number
  readonly high: number
  /** How often such an interval holds the true shift, at least: 0 … 1. */
  readonly confidence: number
}

/** With fewer values on either side even the widest interval says too little. */
export const FEWEST_RUNS = 3
const WANTED_CONFIDENCE = 0.95

/**
 * The shift from `from` to `to` and its distribution-free interval: the differences in order, as many cut off at each end
 * as the Mann–Whitney statistic allows at 95 % (the widest one with 3 values against 3, which is 90 %).
 */
export function shiftOf(from: readonly number[], to: readonly number[]): Shift {
  const differences = to
    .flatMap((after) => from.map((before) => after - before))
    .sort((one, other) => one - other)
  const estimate = median(differences)
  const moments = pooled(from, to)
  if (Math.min(from.length, to.length) < FEWEST_RUNS) return { estimate, interval: null, ...moments }
  const tails = tailProbabilities(from.length, to.length)
  const cut = Math.max(
    0,
    tails.findLastIndex((tail) => 2 * tail <= 1 - WANTED_CONFIDENCE),
  )
  const [low, high] = [differences[cut]!, differences.at(-1 - cut)!]
  return { estimate, interval: { low, high, confidence: 1 - 2 * tails[cut]! }, ...moments }
}

/**
 * Whether the shift is more than chance: 1 upward, -1 downward, 0 unknown. The interval must exclude 0, and so must a t
 * test at `level` (one-sided), which, unlike the interval, can be asked for any level with any number of values.
 */
export function directionOf({ interval, chanceAbove }: Shift, level: number): -1 | 0 | 1 {
  if (interval === null) return 0
  if (interval.low > 0 && chanceAbove <= level) return 1
  return interval.high < 0 && 1 - chanceAbove <= level ? -1 : 0
}

/** Of values in order. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** In how many of five cases a change is shown that is said to be shown. */
const POWER = 0.8
const MOST_REPEATS = 1_000

/** How many standard errors a change must have to be shown at `level` in 4 of 5 cases. */
export function errorsToShow(level: number, degrees: number): number {
  return studentQuantile(level, degrees) + studentQuantile(1 - POWER, degrees)
}

/**
 * How many runs on each side show a change of `size` in 4 of 5 cases, where one run on each side differ with `variance`;
 * null: more than 1,000.
 */
export function repeatsToShow(
  size: number,
  { variance, level }: { variance: number; level: number },
): number | null {
  const isShown = (repeats: number) =>
    errorsToShow(level, 2 * repeats - 2) * Math.sqrt(variance / repeats) <= size
  const repeats = Math.max(
    FEWEST_RUNS,
    Math.ceil(bisect((count) => count >= 2 && isShown(Math.ceil(count)), 2, MOST_REPEATS)),
  )
  return isShown(repeats) ? repeats : null
}

/** How far an estimate is from a limit, as repeats are to resolve it: at least half the limit, at most all of it. */
export function gapTo(past: number, estimate: number): number {
  return estimate > past ? past : Math.max(past / 2, Math.min(past, past - estimate))
}

function pooled(from: readonly number[], to: readonly number[]): Pick<Shift, 'spread' | 'chanceAbove'> {
  const degrees = from.length + to.length - 2
  if (degrees === 0) return { spread: null, chanceAbove: 0.5 }
  const difference = mean(to) - mean(from)
  const spread = Math.sqrt((squares(from) + squares(to)) / degrees)
  if (difference === 0) return { spread, chanceAbove: 0.5 }
  const error = spread * Math.sqrt(1 / from.length + 1 / to.length)
  return { spread, chanceAbove: studentTail(difference / error, degrees) }
}

function squares(values: readonly number[]): number {
  const center = mean(values)
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0)
}

/** P(U ≤ u) of the Mann–Whitney statistic U of samples that do not differ, by u up to half its range. */
const tailProbabilities = remembered((left: number, right: number): number[] => {
  const ways = waysToReach(left, right)
  const all = ways.reduce((sum, count) => sum + count, 0)
  let reached = 0
  return ways.slice(0, Math.ceil((left * right) / 2)).map((count) => {
    reached += count
    return reached / all
  })
})

/** In how many orders of the two samples U is u: the coefficients of the Gaussian binomial. */
function waysToReach(left: number, right: number): number[] {
  let ways = [1]
  for (let step = 1; step <= left; step += 1) {
    // Times 1 − q^(right + step), over 1 − q^step.
    const longer = Array.from({ length: ways.length + right }, (_, power) => {
      return (ways[power] ?? 0) - (ways[power - right - step] ?? 0)
    })
    for (let power = step; power < longer.length; power += 1) longer[power]! += longer[power - step]!
    ways = longer
  }
  return ways
}
