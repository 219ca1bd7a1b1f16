import type { ExitName } from '../../base/exit-codes.js'
import type { Result, Verdict } from '../result.js'

/** `--out json=` of `wsbench compare`, version 1: the cells with the whole result of each of their runs. */
export interface Comparison {
  readonly version: 1
  readonly kind: 'comparison'
  readonly tool: Result['tool']
  /** What was varied, as it was typed; null where saved results were laid side by side. */
  readonly matrix: {
    readonly scenario: string
    readonly overrides: readonly string[]
    readonly axes: readonly { readonly path: string; readonly values: readonly string[] }[]
    readonly repeats: number
  } | null
  readonly isInterrupted: boolean
  readonly cells: readonly ComparedCell[]
}

export interface ComparedCell {
  readonly name: string
  readonly runs: readonly Result[]
  /** Runs that came to no result. */
  readonly failures: readonly RunFailure[]
}

export interface RunFailure {
  readonly exit: 'setup' | 'internal'
  readonly message: string
}

export type CellOutcome = Verdict['outcome'] | RunFailure['exit'] | 'not run'

const gravestFirst = [
  'interrupted',
  'internal',
  'setup',
  'invalid',
  'not run',
  'fail',
  'pass',
] as const satisfies readonly CellOutcome[]

/** The gravest of its runs. */
export function outcomeOf({ runs, failures }: ComparedCell): CellOutcome {
  return gravest([...runs.map(({ verdict }) => verdict.outcome), ...failures.map(({ exit }) => exit)])
}

/** Interrupted if it was, else the gravest of all cells. */
export function overallOutcome({ isInterrupted, cells }: Comparison): CellOutcome {
  return isInterrupted ? 'interrupted' : gravest(cells.map(outcomeOf))
}

/** As `wsbench run` would exit with that outcome; what never ran was interrupted before it. */
export function exitOf(outcome: CellOutcome): ExitName {
  if (outcome === 'not run') return 'interrupted'
  return outcome === 'fail' ? 'gate' : outcome
}

function gravest(outcomes: readonly CellOutcome[]): CellOutcome {
  return gravestFirst.find((outcome) => outcomes.includes(outcome)) ?? 'not run'
}
