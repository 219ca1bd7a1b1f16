import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { Comparison } from '../results/comparison/comparison.js'
import { type FigureName, figureNames, figures } from '../results/comparison/figures.js'
import { type CellSummary, type RankedCell, rank } from '../results/comparison/ranking.js'
import type { Result } from '../results/result.js'
import { caveats, changeWords, differenceWords, markOf, runsWords } from './baseline-words.js'
import { type FactBlock, type FactTable, factText } from './facts/fact.js'
import { gateTones } from './facts/gates.js'
import { runFacts } from './facts/run-facts.js'
import { sizeFacts } from './facts/setup.js'
import { termsIn } from './facts/terms.js'
import { fitted } from './markdown/fitted.js'
import { safe } from './markdown/safe.js'
import { outcomeStyles, toneMarks } from './outcome-styles.js'
import type { BaselineReporter } from './reporter.js'
import { formatFigure, titleOf } from './table/comparison/cells-block.js'
import { failureWords, namedRuns } from './table/comparison/named-runs.js'
import { readingOf } from './table/comparison/reading-lines.js'
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
      ...rankingTables(comparison),
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
    inconclusiveNext(passedLast(metrics, ({ ok }) => ok)).map((verdict) => [
      markOf(verdict),
      safe(verdict.metric),
      verdict.outcome,
      safe(changeWords(verdict)),
    ]),
  )
}

function inconclusiveNext<Verdict extends BaselineReport['metrics'][number]>(
  all: readonly Verdict[],
): Verdict[] {
  const isLate = ({ ok, outcome }: Verdict) => ok && outcome !== 'inconclusive'
  return [...all.filter((verdict) => !isLate(verdict)), ...all.filter(isLate)]
}

/** A section is cut at its end, so failures come first. */
function passedLast<Item>(all: readonly Item[], isPassed: (item: Item) => boolean): Item[] {
  return [...all.filter((item) => !isPassed(item)), ...all.filter(isPassed)]
}

function gatesTable({ gates }: Pick<Result, 'gates'>): string[] {
  const rows = passedLast(gates, ({ outcome }) => outcome === 'pass').map(
    ({ expression, outcome, reason }) => [
      toneMarks[gateTones[outcome]].emoji,
      safe(expression),
      safe(reason),
    ],
  )
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

/** Of each group a table of the medians, the best first, and what they show. */
function rankingTables(comparison: Comparison): string[][] {
  const { groups, unranked } = rank(comparison)
  return [
    ...groups.flatMap((group) => {
      const reading = readingOf(group)
      return [
        groups.length > 1 || group.embedded.length > 0 ? [`### ${safe(titleOf(group))}`] : [],
        mediansTable(group.cells),
        reading === null ? [] : list([...reading.findings, reading.caution]),
      ]
    }),
    ...(unranked.length > 0 ? [['### Not ranked'], mediansTable(unranked)] : []),
  ]
}

function mediansTable(cells: readonly (CellSummary | RankedCell)[]): string[] {
  const rows = cells.map((summary) => [
    'rank' in summary && summary.rank !== null ? String(summary.rank) : '–',
    safe(summary.cell.name),
    ...figureNames.map((name) => figureText(name, summary.figures[name]?.median ?? null)),
  ])
  return grid(['Rank', 'Medians', ...figureHeadings], rows)
}

const figureHeadings = figureNames.map((name) => figures[name].heading)

function comparisonTable(comparison: Comparison): string[] {
  const rows = namedRuns(comparison).map(({ name, result }) => [
    `${outcomeStyles[result.verdict.outcome].emoji} ${safe(name)}`,
    ...figureNames.map((figure) => figureText(figure, figures[figure].read(result))),
  ])
  return grid(['Run', ...figureHeadings], rows)
}

function figureText(name: FigureName, value: number | null): string {
  return value === null ? '–' : formatFigure(name, value)
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
