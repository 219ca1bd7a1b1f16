import type { ComparedCell, Comparison } from '../../../results/comparison/comparison.js'
import type { Result } from '../../../results/result.js'

export interface NamedRun {
  /** The cell's name, with the number of the run where it has several. */
  readonly name: string
  readonly result: Result
}

/** Every run of a comparison, cell by cell. */
export function namedRuns({ cells }: Comparison): NamedRun[] {
  return cells.flatMap(({ name, runs }) =>
    runs.map((result, index) => ({
      name: runs.length === 1 ? name : `${name} run ${index + 1}`,
      result,
    })),
  )
}

/** A sentence for each run that came to no result, and for each cell that never ran. */
export function failureWords({ name, runs, failures }: ComparedCell): string[] {
  const words = failures.map(({ exit, message }) => `${name}: ${exit}: ${message}`)
  return words.length + runs.length === 0 ? [`${name}: not run`] : words
}
