import { z } from 'zod'
import type { ExitName } from '../../base/exit-codes.js'
import { type Component, components, resultSchema, toolSchema } from '../result.js'
import { list, number, object, text } from '../schema.js'

const levelName = { text, value: number }

const searchLevelSchema = object({
  /** As the scenario writes it. */
  text,
  value: number,
  /** setup: the machine can't carry it, or a part would not start. */
  outcome: z.enum(['pass', 'fail', 'invalid', 'interrupted', 'setup']),
  reasons: list(text),
  /** Of an invalid run, as in its verdict. */
  attributedTo: list(z.enum(components)),
  result: resultSchema.nullable(),
})
export interface SearchLevel extends z.output<typeof searchLevelSchema> {}

const limitingFactorSchema = object({
  ...levelName,
  /**
   * gate: one failed. machine: or a part would not start. The others are what an invalid run was attributed to. Only `gate`
   * and `cluster` say something about the cluster.
   */
  by: z.enum(['gate', ...components]),
  reasons: list(text),
})
export interface LimitingFactor extends z.output<typeof limitingFactorSchema> {}

/** What `wsbench run --find-max` found, version 1: each level with the whole result of its run. */
export const maxSearchSchema = object({
  version: z.literal(1),
  kind: z.literal('find-max'),
  tool: toolSchema,
  scenario: text,
  overrides: list(text),
  gate: text,
  ramp: object({ path: text, from: text, to: text }),
  /** In the order in which they were tried. */
  levels: list(searchLevelSchema),
  /** The highest level that passed; null: none did. */
  highestPassing: object(levelName).nullable(),
  /** What ended the search, at the lowest level that did not pass; null: all passed, or it was interrupted. */
  limitedBy: limitingFactorSchema.nullable(),
})
export interface MaxSearch extends z.output<typeof maxSearchSchema> {}

/** What limits the load where a level ended like this. */
const limits = {
  fail: () => 'gate',
  invalid: ([component = 'run']) => component,
  setup: () => 'machine',
} as const satisfies Record<string, (attributedTo: readonly Component[]) => LimitingFactor['by']>

/** The outcome of a search, from the levels that were tried. */
export function concludeSearch(
  levels: readonly SearchLevel[],
): Pick<MaxSearch, 'highestPassing' | 'limitedBy'> {
  const byValue = levels.toSorted((one, other) => one.value - other.value)
  const failed = byValue.find(({ outcome }) => outcome in limits)
  const highestPassing = byValue
    .filter(({ outcome, value }) => outcome === 'pass' && value < (failed?.value ?? Number.POSITIVE_INFINITY))
    .at(-1)
  return {
    highestPassing: highestPassing ? { text: highestPassing.text, value: highestPassing.value } : null,
    limitedBy: failed ? limitedBy(failed) : null,
  }
}

function limitedBy({ outcome, text, value, reasons, attributedTo }: SearchLevel): LimitingFactor {
  return { by: limits[outcome as keyof typeof limits](attributedTo), text, value, reasons }
}

/** `pass` if a level passed; else as the run of the lowest level would exit. */
export function exitOfSearch({
  highestPassing,
  levels,
}: Pick<MaxSearch, 'highestPassing' | 'levels'>): ExitName {
  if (levels.some(({ outcome }) => outcome === 'interrupted')) return 'interrupted'
  if (highestPassing) return 'pass'
  const outcome = levels[0]?.outcome ?? 'interrupted'
  return outcome === 'fail' ? 'gate' : outcome
}
