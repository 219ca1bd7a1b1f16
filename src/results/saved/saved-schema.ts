import { z } from 'zod'
import type { BaselineReport } from '../baseline/baseline-report.js'
import { metricOutcomes } from '../baseline/finding.js'
import type { Comparison } from '../comparison/comparison.js'
import type { MaxSearch } from '../max-search/max-search.js'
import type { Result } from '../result.js'
import { resultSchema } from './result-schema.js'

/** What a file may hold; a result has no `kind`. */
export type Saved = SavedRuns | MaxSearch | BaselineReport

export type SavedRuns = Comparison | (Result & { readonly kind?: undefined })

const comparisonSchema = z.looseObject({
  version: z.literal(1),
  kind: z.literal('comparison'),
  tool: resultSchema.shape.tool,
  matrix: z
    .looseObject({
      scenario: z.string(),
      overrides: z.array(z.string()),
      axes: z.array(z.looseObject({ path: z.string(), values: z.array(z.string()) })),
      repeats: z.number(),
    })
    .nullable(),
  isInterrupted: z.boolean(),
  cells: z.array(
    z.looseObject({
      name: z.string(),
      runs: z.array(resultSchema),
      failures: z.array(z.looseObject({ exit: z.enum(['setup', 'internal']), message: z.string() })),
    }),
  ),
})

const levelName = { text: z.string(), value: z.number() }

const searchSchema = z.looseObject({
  version: z.literal(1),
  kind: z.literal('find-max'),
  tool: resultSchema.shape.tool,
  scenario: z.string(),
  overrides: z.array(z.string()),
  gate: z.string(),
  ramp: z.looseObject({ path: z.string(), from: z.string(), to: z.string() }),
  levels: z.array(
    z.looseObject({
      ...levelName,
      outcome: z.enum(['pass', 'fail', 'invalid', 'interrupted', 'setup']),
      reasons: z.array(z.string()),
      result: resultSchema.nullable(),
    }),
  ),
  highestPassing: z.looseObject(levelName).nullable(),
  limitedBy: z
    .looseObject({
      ...levelName,
      by: z.enum(['gate', 'cluster', 'generator', 'machine', 'run']),
      reasons: z.array(z.string()),
    })
    .nullable(),
})

const measured = z.number().nullable()

const baselineSchema = z.looseObject({
  version: z.literal(1),
  kind: z.literal('gate'),
  tool: resultSchema.shape.tool,
  scenario: z.string(),
  runs: z.looseObject({ baseline: z.number(), candidate: z.number() }),
  differences: z.array(z.looseObject({ path: z.string(), values: z.array(z.string()) })),
  metrics: z.array(
    z.looseObject({
      metric: z.string(),
      unit: z.enum(['micros', 'count', 'ratio', 'rate']),
      baseline: z.array(measured),
      candidate: z.array(measured),
      baselineMedian: measured,
      candidateMedian: measured,
      change: measured,
      interval: z.looseObject({ low: z.number(), high: z.number(), confidence: z.number() }).nullable(),
      totals: z.looseObject({ baseline: z.number(), candidate: z.number() }).nullable(),
      limit: z.string(),
      outcome: z.enum(metricOutcomes),
      sensitivity: z
        .looseObject({ smallestChange: measured, smallestAmount: measured, repeats: measured })
        .nullable(),
      ok: z.boolean(),
    }),
  ),
  gates: resultSchema.shape.gates,
  outcome: z.enum(['pass', 'fail', 'inconclusive']),
})

/** Told apart by `kind`, so that what is wrong is said of the one that was meant. */
export const savedSchema = z.discriminatedUnion(
  'kind',
  [comparisonSchema, searchSchema, baselineSchema, resultSchema],
  {
    error: 'expected the object that --out json=… writes',
  },
)
