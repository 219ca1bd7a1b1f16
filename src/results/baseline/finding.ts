import type { Interval } from '../statistics/shift.js'

/** What the repeats say of a metric. */
export interface Finding {
  /** By how much it went up, in shares of the baseline; null without a value, or from 0. */
  readonly change: number | null
  /** Of `change`; null with fewer than 3 runs on a side. */
  readonly interval: Interval | null
  /** Counts, which are judged by their sums: over all runs of a side. Null for every other metric. */
  readonly totals: { readonly baseline: number; readonly candidate: number } | null
  readonly outcome: MetricOutcome
  /** What these repeats could have shown; null unless inconclusive. */
  readonly sensitivity: Sensitivity | null
}

/** What repeats can show, each in 4 of 5 cases. */
export interface Sensitivity {
  /** Smallest worsening that these repeats show, in shares of the baseline. Null: none of any size, or a change from 0. */
  readonly smallestChange: number | null
  /** The same in the metric's unit, of a run. Null: none of any size. */
  readonly smallestAmount: number | null
  /** How many runs on each side would show a change as large as the limit. Null: unknown, or more than 1,000. */
  readonly repeats: number | null
}

/**
 * regression: worse by more than chance, and past the limit. within limit: worse by more than chance, and surely not past
 * it. unchanged: no more than chance, and surely not past the limit. inconclusive: it may be past the limit, and these
 * repeats can't tell. improvement: better by more than chance. missing: a run has no such figure though the baseline has.
 * no baseline: a run of the baseline has none.
 */
export const metricOutcomes = [
  'regression',
  'within limit',
  'unchanged',
  'inconclusive',
  'improvement',
  'missing',
  'no baseline',
] as const
export type MetricOutcome = (typeof metricOutcomes)[number]
