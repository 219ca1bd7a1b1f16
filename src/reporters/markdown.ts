import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { Comparison } from '../results/comparison/comparison.js'
import { figureNames, figures } from '../results/comparison/figures.js'
import type { Result } from '../results/result.js'
import { formatQuantity } from '../results/units.js'
import { caveats, changeWords, differenceWords, runsWords } from './baseline-words.js'
import { type FactBlock, type FactTable, factText } from './facts/fact.js'
import { runFacts } from './facts/run-facts.js'
import { sizeFacts } from './facts/setup.js'
import { termsIn } from './facts/terms.js'
import { fitted } from './markdown/fitted.js'
import { safe } from './markdown/safe.js'
import { outcomeStyles, toneMarks } from './outcome-styles.js'
import type { BaselineReporter } from './reporter.js'
import { failureWords, namedRuns } from './table/comparison/named-runs.js'
import { clusterWords, headline, inShort, otherReasons } from './wording.js'

/** GitHub-flavoured Markdown for a step summary or a comment; at most 60 kB, the longest lists cut. */
export const markdown: BaselineReporter = {
  kind: 'markdown',
  summary: 'GitHub-flavoured Markdown for a step summary, at most 60 kB',
  render(result) {
    const facts = runFacts(result)
    const { gates, ...blocks } = facts
    return fitted([
      [`## ${outcomeStyles[result.verdict.outcome].emoji} ${safe(headline(result))}`],
      [safe(inShort(result))],
      list(otherReasons(result)),
      ...(gates ? blockLines({ ...gates, items: [] }) : []),
      gatesTable(result),
      ...Object.values(blocks).flatMap((block) => (block ? blockLines(block) : [])),
      [`<sub>${safe([clusterWords(result), ...sizeFacts(result).map(factText)].join(' · '))}</sub>`],
      ['<details><summary>Terms</summary>', '', ...list(termsIn(facts).map(factText)), '', '</details>'],
    ])
  },
  renderComparison(comparison) {
    const runs = namedRuns(comparison)
    const isPassed = ({ result }: (typeof runs)[number]) => result.verdict.outcome === 'pass'
    const sorted = [...runs.filter((run) => !isPassed(run)), ...runs.filter(isPassed)]
    return fitted([
      ['## wsbench comparison'],
      comparisonTable(comparison),
      list(comparison.cells.flatMap(failureWords)),
      sorted.flatMap(({ name, result }, index) => [
        ...(index === 0 ? [] : ['']),
        `### ${safe(name)}`,
        ...[list(otherReasons(result)), gatesTable(result)].flatMap((lines) =>
          lines.length === 0 ? [] : ['', ...lines],
        ),
      ]),
    ])
  },
  renderBaseline(report) {
    return fitted([
      [
        `## ${outcomeStyles[report.outcome].emoji} ${report.outcome.toUpperCase()} ${safe(report.scenario)}, against a baseline`,
      ],
      [safe(runsWords(report))],
      list(caveats(report)),
      metricsTable(report),
      gatesTable(report),
      list(
        report.differences.map((difference) => `not the same in all runs: ${differenceWords(difference)}`),
      ),
    ])
  },
}

function metricsTable({ metrics }: BaselineReport): string[] {
  return grid(
    ['', 'Metric', '', ''],
    missedFirst(metrics).map((verdict) => [
      verdict.ok ? '✅' : '❌',
      safe(verdict.metric),
      verdict.outcome,
      safe(changeWords(verdict)),
    ]),
  )
}

/** They are not what is cut. */
function missedFirst<Item extends { readonly ok: boolean }>(all: readonly Item[]): Item[] {
  return [...all.filter(({ ok }) => !ok), ...all.filter(({ ok }) => ok)]
}

function gatesTable({ gates }: Pick<Result, 'gates'>): string[] {
  const rows = missedFirst(gates).map(({ expression, ok, reason }) => [
    ok ? '✅' : '❌',
    safe(expression),
    safe(reason),
  ])
  return grid(['', 'Gate', ''], rows)
}

/** Sections: the facts under the block's title, then each table. */
function blockLines({ title, table, facts, groups, items, tables }: FactBlock): string[][] {
  const texts = [
    ...(facts.length === 0 ? [] : [facts]).map((own) => safe(own.map(factText).join(' · '))),
    ...groups.map((group) => `- ${safe([group.name, ...group.facts.map(factText)].join(' · '))}`),
    ...items.map((item) => `- ${item.tone ? `${toneMarks[item.tone].emoji} ` : ''}${safe(factText(item))}`),
  ]
  return [
    [`### ${title}`, ...(texts.length === 0 ? [] : ['', ...texts])],
    ...(table ? [tableLines({ ...table, title: '' })] : []),
    ...tables.map(tableLines),
  ]
}

function tableLines({ title, columns, rows }: FactTable): string[] {
  return grid(
    [title, ...columns.map(({ label }) => safe(label))],
    rows.map(({ name, cells }) => [name, ...cells.map(({ value }) => value)].map(safe)),
  )
}

function comparisonTable(comparison: Comparison): string[] {
  const rows = namedRuns(comparison).map(({ name, result }) => [
    `${outcomeStyles[result.verdict.outcome].emoji} ${safe(name)}`,
    ...figureNames.map((figure) => {
      const value = figures[figure].read(result)
      if (value === null) return '–'
      return Number.isFinite(value) ? formatQuantity(value, figures[figure].unit) : 'never'
    }),
  ])
  return grid(['Run', ...figureNames.map((figure) => figures[figure].heading)], rows)
}

/** A table; nothing without rows. Cells are Markdown. */
function grid(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? ':--' : '--:'))), ...rows.map(line)]
}

function list(texts: readonly string[]): string[] {
  return texts.map((text) => `- ${safe(text)}`)
}
