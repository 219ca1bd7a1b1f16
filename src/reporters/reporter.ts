import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { Comparison } from '../results/comparison/comparison.js'
import type { MaxSearch } from '../results/max-search/max-search.js'
import type { Result } from '../results/result.js'

/**
 * Contract of a reporter: it turns a result into a text, the same text each time. The caller writes it. A reporter that throws
 * changes the exit code, but not the run.
 */
export interface Reporter {
  readonly kind: string
  readonly summary: string
  /** Its lines are workflow commands of GitHub; those of other reporters never are. */
  readonly printsCommands?: boolean
  render(result: Result, options: RenderOptions): string
  /** The same for a comparison; left out by reporters without use for one. */
  renderComparison?(comparison: Comparison, options: RenderOptions): string
  /** The same for a search (`--find-max`). */
  renderSearch?(search: MaxSearch, options: RenderOptions): string
  /** The same for runs that `wsbench gate` compared with a baseline. */
  renderBaseline?(report: BaselineReport, options: RenderOptions): string
}

/** One that renders comparisons, too. */
export type ComparisonReporter = Reporter & Required<Pick<Reporter, 'renderComparison'>>

/** One that renders baselines as well. */
export type BaselineReporter = ComparisonReporter & Required<Pick<Reporter, 'renderBaseline'>>

export interface RenderOptions {
  readonly columns: number
  readonly color: boolean
}
