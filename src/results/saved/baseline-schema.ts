import { z } from 'zod'
import type { BaselineReport } from '../baseline/baseline-report.js'
import { metricOutcomes } from '../baseline/finding.js'
import { differenceKinds } from '../baseline/incompatibilities.js'
import { gateResultSchema, toolSchema } from '../result.js'
import { amount, fields, flag, list, number, object, text } from '../schema.js'

const measured = number.nullable()

/** The annotation makes it a compile error to leave out a field of the type. */
export const baselineReportSchema: z.ZodType<BaselineReport> = object({
  version: z.literal(1),
  kind: z.literal('gate'),
  tool: toolSchema,
  scenario: text,
  runs: object({ baseline: amount, candidate: amount }),
  differences: list(object({ path: text, values: list(text), kind: z.enum(differenceKinds).nullable() })),
  metrics: list(
    object({
      metric: text,
      unit: z.enum(['micros', 'count', 'ratio', 'rate']),
      better: z.enum(['lower', 'higher']),
      ...fields(['baseline', 'candidate'], list(measured)),
      ...fields(['baselineMedian', 'candidateMedian', 'change'], measured),
      interval: object({ low: number, high: number, confidence: number }).nullable(),
      totals: object({ baseline: amount, candidate: amount }).nullable(),
      limit: text,
      outcome: z.enum(metricOutcomes),
      sensitivity: object(fields(['smallestChange', 'smallestAmount', 'repeats'], measured)).nullable(),
      ok: flag,
    }),
  ),
  gates: list(gateResultSchema),
  outcome: z.enum(['pass', 'fail', 'inconclusive']),
})
