import { z } from 'zod'
import type { Comparison } from './results/comparison/comparison.js'
import { decodeHistogram } from './results/histogram.js'
import type { Result } from './results/result.js'

/** What a file may hold; a result has no `kind`. */
export type Saved = Comparison | (Result & { readonly kind?: undefined })

const number = z.number()
const named = z.looseObject({})
const part = z.looseObject({ kind: z.string(), isEmbedded: z.boolean(), version: z.string() })

const histogram = z.string().refine((base64) => {
  try {
    decodeHistogram(base64)
    return true
  } catch {
    return false
  }
}, 'no base64 HDR histogram')

const summary = z.looseObject({ count: number, p95: number, p99: number, max: number })

/** As much of version 1 as comparing reads; what else the file holds is kept. */
const resultSchema = z.looseObject({
  version: z.literal(1),
  kind: z.undefined().optional(),
  tool: z.looseObject({ name: z.literal('wsbench'), version: z.string() }),
  scenario: z.looseObject({
    name: z.string(),
    plan: z.looseObject({ clients: named, channels: z.array(named), phases: named, chaos: z.array(named) }),
  }),
  environment: z.looseObject({ host: z.string(), cpu: z.string(), cores: number, node: z.string() }),
  cluster: z.looseObject({ balancer: part, broker: part.nullable() }),
  delivery: z.looseObject({ due: number, lost: number }),
  latency: z.looseObject({ intended: summary }),
  balance: z.record(z.string(), z.looseObject({ maxOverMean: number.nullable() })),
  events: z.array(
    z.looseObject({
      id: z.string(),
      affectedClients: number,
      recovery: z.looseObject({ downtimeMicros: summary.extend({ histogram }) }),
    }),
  ),
  gates: z.array(z.looseObject({ expression: z.string(), ok: z.boolean() })),
  verdict: z.looseObject({
    outcome: z.enum(['pass', 'fail', 'invalid', 'interrupted']),
    reasons: z.array(z.string()),
  }),
})

const comparisonSchema = z.looseObject({
  version: z.literal(1),
  kind: z.literal('comparison'),
  tool: resultSchema.shape.tool,
  matrix: z
    .looseObject({
      scenario: z.string(),
      overrides: z.array(z.string()),
      axes: z.array(z.looseObject({ path: z.string(), values: z.array(z.string()) })),
      repeats: number,
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
}) as unknown as z.ZodType<Saved>
