import { type ExitName, exitCodes } from '../base/exit-codes.js'
import { stderr, stdout } from '../base/terminal-output.js'
import { renderingFor } from '../live/terminal.js'
import { json } from '../reporters/json.js'
import type { RenderOptions } from '../reporters/reporter.js'
import { runSummary } from '../reporters/table/summary.js'
import { table } from '../reporters/table.js'
import type { Saved } from '../results/saved/read-saved.js'
import { type Output, render, speaksOnStdout, writeOutputs } from './outputs.js'

interface ReportOptions {
  readonly outputs: readonly Output[]
  /** `--json`: the saved form on stdout instead of the summary. */
  readonly json?: true | undefined
  /** `--full`: everything about a run on stdout, not only its summary. */
  readonly full?: true | undefined
  /** Whether the summary is printed; by default, where no output goes to stdout. */
  readonly printsSummary?: boolean
  readonly color: boolean
  /** What the command exits with, unless a report could not be written. */
  readonly exit: ExitName
  readonly exitIfUnwritten?: ExitName
}

/** Writes the outputs, prints the summary or the JSON, then what could not be written. Returns the exit code. */
export function writeReport(saved: Saved, options: ReportOptions): number {
  const { outputs, full, printsSummary = !speaksOnStdout(outputs), exit, exitIfUnwritten = 'setup' } = options
  const rendering = renderingFor(options.color)
  const errors = writeOutputs(outputs, saved, rendering)
  if (options.json) stdout.printReport(render(json, saved, rendering))
  else if (printsSummary) stdout.printReport(summaryOf(saved, rendering, full))
  for (const error of errors) stderr.print(error)
  return exitCodes[exit === 'pass' && errors.length > 0 ? exitIfUnwritten : exit]
}

/** Of a run only the most important, unless `full`: of many runs there is one form. */
function summaryOf(saved: Saved, rendering: RenderOptions, full: true | undefined): string {
  return saved.kind === undefined && !full ? runSummary(saved, rendering) : render(table, saved, rendering)
}
