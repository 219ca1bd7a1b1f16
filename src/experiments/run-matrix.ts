import { describeError, WsbenchError } from '../base/errors.js'
import type { ComparedCell, RunFailure } from '../results/comparison/comparison.js'
import type { Result } from '../results/result.js'
import type { PreparedCell } from './prepare-cells.js'

export interface MatrixOptions {
  readonly cells: readonly PreparedCell[]
  readonly repeats: number
  readonly signal: AbortSignal
  /** One run of a cell; `number` counts all runs from 1. */
  readonly runCell: (cell: PreparedCell, number: number) => Promise<Result>
}

/**
 * Runs every cell `repeats` times, round-robin (A B C, A B C, …), so that a machine that slows down affects all of them. A
 * run that fails is recorded, and the next one starts. No run starts after `signal` has fired.
 */
export async function runMatrix({ cells, repeats, signal, runCell }: MatrixOptions): Promise<ComparedCell[]> {
  const compared = cells.map(({ name }) => ({ name, runs: [] as Result[], failures: [] as RunFailure[] }))
  for (let number = 1; number <= repeats * cells.length && !signal.aborted; number += 1) {
    const index = (number - 1) % cells.length
    const { runs, failures } = compared[index]!
    try {
      runs.push(await runCell(cells[index]!, number))
    } catch (error) {
      failures.push(failureOf(error))
    }
  }
  return compared
}

function failureOf(error: unknown): RunFailure {
  if (error instanceof WsbenchError)
    return { exit: error.exit === 'setup' ? 'setup' : 'internal', message: describeError(error) }
  return { exit: 'internal', message: (error instanceof Error && error.stack) || String(error) }
}
