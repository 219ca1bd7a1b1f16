import { WsbenchError } from '../base/errors.js'
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
 * Runs every cell `repeats` times, in turn (A B C, A B C …), so that a machine that slows down slows all of them. A run
 * that fails is noted and the next one goes on. Once `signal` fires no further run begins.
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
  if (error instanceof WsbenchError) {
    const message = error.hint ? `${error.message}; hint: ${error.hint}` : error.message
    return { exit: error.exit === 'setup' ? 'setup' : 'internal', message }
  }
  return {
    exit: 'internal',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }
}
