import { z } from 'zod'
import type { Result } from '../result.js'
import { list, number, object, text } from '../schema.js'
import { median } from '../statistics/shift.js'
import { findingFields } from './finding.js'
import { exposuresOf, isRareCount, judgeCounts } from './judge-counts.js'
import { judgeValues } from './judge-values.js'
import { type Limit, limitWords, measureWords } from './limit.js'

export const metricVerdictFields = {
  ...findingFields,
  metric: text,
  unit: z.enum(['micros', 'count', 'ratio', 'rate']),
  better: z.enum(['lower', 'higher']),
  /** In the metric's unit, a value for each run; null if the run has none. */
  baseline: list(number.nullable()),
  candidate: list(number.nullable()),
  baselineMedian: number.nullable(),
  candidateMedian: number.nullable(),
  limit: text,
}
const metricVerdictSchema = object(metricVerdictFields)

/** A metric of a run's repeats against those of its baseline. */
export interface MetricVerdict extends z.output<typeof metricVerdictSchema> {}

/** Probability of a false alarm: in each count, and in all that is measured together. */
export const falseAlarms = { count: 0.05, measured: 0.025 } as const

/** `measured`: how many metrics of the report are not counts, and share their probability of a false alarm. */
export function judgeMetric(
  limit: Limit,
  runs: { readonly baseline: readonly Result[]; readonly candidate: readonly Result[] },
  measured = 1,
): MetricVerdict {
  const { metric, selector } = limit
  const [before, after] = [runs.baseline, runs.candidate].map((results) =>
    results.map((result) => metric.read(result, selector)),
  ) as [(number | null)[], (number | null)[]]
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
  if (!isComplete(before)) return { ...known, ...nothing, outcome: 'no baseline' }
  if (!isComplete(after)) return { ...known, ...nothing, outcome: 'missing' }
  if (!isRareCount(metric)) {
    return { ...known, ...judgeValues(limit, before, after, falseAlarms.measured / measured) }
  }
  const [from, to] = [exposuresOf(limit, runs.baseline, before), exposuresOf(limit, runs.candidate, after)]
  return { ...known, ...judgeCounts(limit, from, to, falseAlarms.count) }
}

const nothing = { change: null, interval: null, totals: null, sensitivity: null } as const

function isComplete(values: readonly (number | null)[]): values is readonly number[] {
  return values.every((value) => value !== null)
}

function medianOf(values: readonly (number | null)[]): number | null {
  const some = values.filter((value) => value !== null).sort((one, other) => one - other)
  return some.length === 0 ? null : median(some)
}
