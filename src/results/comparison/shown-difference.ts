import type { Result } from '../result.js'
import { type Counted, rateChangeOf } from '../statistics/rates.js'
import { directionOf, shiftOf } from '../statistics/shift.js'
import type { Unit } from '../units.js'
import type { Figure } from './figures.js'

/** Smaller differences are not ranked by, however sure they are: of times, counts and rates a share, of ratios an amount. */
export const LEAST_DIFFERENCE = 0.05

/** A client that never came back counts as one that took so many times as long as the longest downtime there is. */
const NEVER_FACTOR = 10

/** A figure of all runs of a cell. */
export interface Sample {
  readonly unit: Unit
  readonly values: readonly number[]
  /** What a rate is of; null of any other figure. */
  readonly counted: readonly Counted[] | null
}

export function sampleOf(figure: Figure, runs: readonly Result[]): Sample {
  return {
    unit: figure.unit,
    values: runs.flatMap((run) => figure.read(run) ?? []),
    counted: figure.counted ? runs.flatMap((run) => figure.counted!(run)) : null,
  }
}

/**
 * Which of two cells has less of a figure: -1 the first, 1 the second; 0: their runs show no difference that matters. By the
 * intervals that `wsbench gate` judges by; each of the two directions is wrong with probability `level` at most.
 */
export function lessOf(one: Sample, other: Sample, level: number): -1 | 0 | 1 {
  if (one.values.length === 0 || other.values.length === 0) return 0
  if (one.counted && other.counted) return lessOften(one.counted, other.counted, level)
  const [left, right] = finite([one.values, other.values])
  return lessOfValues(left!, right!, { unit: one.unit, level })
}

function lessOfValues(
  one: readonly number[],
  other: readonly number[],
  { unit, level }: { readonly unit: Unit; readonly level: number },
): -1 | 0 | 1 {
  const isScaled = unit !== 'ratio'
  const scaled = (values: readonly number[]) =>
    isScaled ? values.map((value) => Math.log(Math.max(1, value))) : values
  const shift = shiftOf(scaled(one), scaled(other))
  const least = isScaled ? Math.log1p(LEAST_DIFFERENCE) : LEAST_DIFFERENCE
  // Upward from the first to the second: the first has less.
  return Math.abs(shift.estimate) < least ? 0 : opposite(directionOf(shift, level))
}

function lessOften(one: readonly Counted[], other: readonly Counted[], level: number): -1 | 0 | 1 {
  const { ratio, interval } = rateChangeOf(one, other, level)
  if (interval === null) return 0
  if (interval.low > 1 && ratio >= 1 + LEAST_DIFFERENCE) return -1
  return interval.high < 1 && ratio <= 1 / (1 + LEAST_DIFFERENCE) ? 1 : 0
}

/** The same of the two in the other order. */
export function opposite(order: -1 | 0 | 1): -1 | 0 | 1 {
  return order === 0 ? 0 : order === 1 ? -1 : 1
}

function finite(samples: readonly (readonly number[])[]): number[][] {
  const longest = Math.max(1, ...samples.flat().filter(Number.isFinite))
  return samples.map((values) =>
    values.map((value) => (Number.isFinite(value) ? value : NEVER_FACTOR * longest)),
  )
}
