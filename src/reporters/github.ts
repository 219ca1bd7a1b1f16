import { escapeText } from '../base/escape.js'
import type { GateResult, Result } from '../results/result.js'
import { changeWords, runsWords } from './baseline-words.js'
import type { BaselineReporter } from './reporter.js'
import { failureWords, namedRuns } from './table/comparison/named-runs.js'
import { headline, inShort, otherReasons } from './wording.js'

/** Workflow commands that GitHub shows beside a pull request; meant for stdout: `--out github=-`. */
export const github: BaselineReporter = {
  kind: 'github',
  printsCommands: true,
  summary:
    'GitHub annotations: an error for each gate that failed or metric that regressed, a warning for what is inconclusive or undecided, and a notice',
  render: (result) => annotationsOf(headline(result), result),
  renderComparison(comparison) {
    const runs = namedRuns(comparison).map(({ name, result }) =>
      annotationsOf(`${headline(result)}: ${name}`, result),
    )
    const failures = comparison.cells
      .flatMap(failureWords)
      .map((words) => command('error', 'no result', words))
    return [...runs, ...failures].join('')
  },
  renderBaseline(report) {
    const { metrics, gates, scenario, outcome } = report
    const title = `${outcome.toUpperCase()} ${scenario}, ${runsWords(report)}`
    const missed = [
      ...metrics.map((verdict) => ({
        ok: verdict.ok,
        words: `${verdict.metric}: ${verdict.outcome}, ${changeWords(verdict)}`,
      })),
      ...gates.map((gate) => ({ ok: gate.outcome !== 'fail', words: gateWords(gate) })),
    ].filter(({ ok }) => !ok)
    const inconclusive = metrics.filter((verdict) => verdict.ok && verdict.outcome === 'inconclusive')
    const undecided = gates.filter((gate) => gate.outcome === 'undecided')
    const all = metrics.length + gates.length
    const passed = all - missed.length - inconclusive.length - undecided.length
    const words = [
      `${passed} of ${all} metrics and gates passed`,
      ...(inconclusive.length > 0 ? [`${inconclusive.length} inconclusive`] : []),
      ...(undecided.length > 0 ? [`${undecided.length} undecided`] : []),
    ]
    return [
      ...missed.map((own) => command('error', title, own.words)),
      ...inconclusive.map((verdict) =>
        command('warning', title, `${verdict.metric}: inconclusive, ${changeWords(verdict)}`),
      ),
      ...undecided.map((gate) => command('warning', title, gateWords(gate))),
      command('notice', title, words.join(', ')),
    ].join('')
  },
}

function annotationsOf(title: string, result: Result): string {
  const missed = result.gates.filter(({ outcome }) => outcome === 'fail')
  return [
    ...otherReasons(result).map((reason) => command('error', title, reason)),
    ...missed.map((gate) => command('error', title, gateWords(gate))),
    command('notice', title, inShort(result)),
  ].join('')
}

function gateWords({ expression, reason }: GateResult): string {
  return `${expression}: ${reason}`
}

/** `::error title=…::…`, with the escapes of GitHub's runner. */
function command(kind: 'error' | 'warning' | 'notice', title: string, message: string): string {
  const property = escapeData(title).replaceAll(':', '%3A').replaceAll(',', '%2C')
  return `::${kind} title=${property}::${escapeData(message)}\n`
}

/** Line breaks and control characters are escaped, so no name can begin a command. */
function escapeData(text: string): string {
  return escapeText(text).replaceAll('%', '%25')
}
