import { z } from 'zod'
import { amount, number, object } from '../schema.js'

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

/** What repeats can show, each in 4 of 5 cases. */
const sensitivitySchema = object({
  /** Smallest worsening that these repeats show, in shares of the baseline. Null: none of any size, or a change from 0. */
  smallestChange: number.nullable(),
  /** The same in the metric's unit, of a run. Null: none of any size. */
  smallestAmount: number.nullable(),
  /** How many runs on each side would show a change as large as the limit. Null: unknown, or more than 1,000. */
  repeats: number.nullable(),
})
export interface Sensitivity extends z.output<typeof sensitivitySchema> {}

export const findingFields = {
  /** By how much it went up, in shares of the baseline; null without a value, or from 0. */
  change: number.nullable(),
  /** Of `change`; null with fewer than 3 runs on a side. */
  interval: object({ low: number, high: number, confidence: number }).nullable(),
  /** Counts, which are judged by their sums: over all runs of a side. Null for every other metric. */
  totals: object({ baseline: amount, candidate: amount }).nullable(),
  outcome: z.enum(metricOutcomes),
  /** What these repeats could have shown; null unless inconclusive. */
  sensitivity: sensitivitySchema.nullable(),
}
const findingSchema = object(findingFields)

/** What the repeats say of a metric. */
export interface Finding extends z.output<typeof findingSchema> {}
