import { z } from 'zod'
import type { Comparison } from './results/comparison/comparison.js'
import type { Result } from './results/result.js'
import { resultSchema } from './saved-result-schema.js'

/** What a file may hold; a result has no `kind`. */
export type Saved = Comparison | (Result & { readonly kind?: undefined })

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

/** Told apart by `kind`, so that what is wrong is said of the one that was meant. */
export const savedSchema = z.discriminatedUnion('kind', [comparisonSchema, resultSchema], {
  error: 'expected the object that --out json=… writes',
})
