import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { Comparison } from '../results/comparison/comparison.js'
import type { MaxSearch } from '../results/max-search/max-search.js'
import type { Result } from '../results/result.js'

/**
 * Contract of a reporter: a saved result becomes one text, the same text each time. Writing it is the caller's work; a
 * reporter that throws fails the exit code, never the run.
 */
export interface Reporter {
  readonly kind: string
  readonly summary: string
  render(result: Result, options: RenderOptions): string
  /** The same for a comparison; left out by those that have nothing to say about one. */
  renderComparison?(comparison: Comparison, options: RenderOptions): string
  /** The same for what `--find-max` found. */
  renderSearch?(search: MaxSearch, options: RenderOptions): string
  /** The same for runs that `wsbench gate` held against a baseline. */
  renderBaseline?(report: BaselineReport, options: RenderOptions): string
}

/** One that tells of comparisons, too. */
export type ComparisonReporter = Required<Omit<Reporter, 'renderSearch' | 'renderBaseline'>>

/** One that tells of baselines as well. */
export type BaselineReporter = Required<Omit<Reporter, 'renderSearch'>>

export interface RenderOptions {
  readonly columns: number
  readonly color: boolean
}
