import { z } from 'zod'
import type { ExitName } from '../../base/exit-codes.js'
import { resultSchema, toolSchema, type Verdict } from '../result.js'
import { flag, list, number, object, text } from '../schema.js'

const runFailureSchema = object({ exit: z.enum(['setup', 'internal']), message: text })
export interface RunFailure extends z.output<typeof runFailureSchema> {}

const comparedCellSchema = object({
  name: text,
  runs: list(resultSchema),
  /** Runs without a result. */
  failures: list(runFailureSchema),
})
export interface ComparedCell extends z.output<typeof comparedCellSchema> {}

/** `--out json=` of `wsbench compare`, version 1: the cells with the whole result of each of their runs. */
export const comparisonSchema = object({
  version: z.literal(1),
  kind: z.literal('comparison'),
  tool: toolSchema,
  /** What was varied, as it was typed; null for a comparison of saved results. */
  matrix: object({
    scenario: text,
    overrides: list(text),
    axes: list(object({ path: text, values: list(text) })),
    repeats: number,
  }).nullable(),
  isInterrupted: flag,
  cells: list(comparedCellSchema),
})
export interface Comparison extends z.output<typeof comparisonSchema> {}

export type CellOutcome = Verdict['outcome'] | RunFailure['exit'] | 'not run'

const worstFirst = [
  'interrupted',
  'internal',
  'setup',
  'invalid',
  'not run',
  'fail',
  'pass',
] as const satisfies readonly CellOutcome[]

/** The worst outcome of its runs. */
export function outcomeOf({ runs, failures }: ComparedCell): CellOutcome {
  return worst([...runs.map(({ verdict }) => verdict.outcome), ...failures.map(({ exit }) => exit)])
}

/** Interrupted if it was, else the worst of all cells. */
export function overallOutcome({ isInterrupted, cells }: Comparison): CellOutcome {
  return isInterrupted ? 'interrupted' : worst(cells.map(outcomeOf))
}

/** As `wsbench run` would exit with that outcome; what never ran was interrupted before it. */
export function exitOf(outcome: CellOutcome): ExitName {
  if (outcome === 'not run') return 'interrupted'
  return outcome === 'fail' ? 'gate' : outcome
}

function worst(outcomes: readonly CellOutcome[]): CellOutcome {
  return worstFirst.find((outcome) => outcomes.includes(outcome)) ?? 'not run'
}
