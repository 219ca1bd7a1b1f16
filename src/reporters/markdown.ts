import { WARMUP } from '../results/assemble/assemble-latency.js'
import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { Comparison } from '../results/comparison/comparison.js'
import { type FigureName, figureNames, figures } from '../results/comparison/figures.js'
import { type CellSummary, type RankedCell, rank } from '../results/comparison/ranking.js'
import { losses } from '../results/delivery/types.js'
import type { LatencySummary, Result } from '../results/result.js'
import { caveats, changeWords, differenceWords, markOf, runsWords } from './baseline-words.js'
import { clusterWords, versionWords } from './cluster-words.js'
import { formatCount, formatMicros, formatSpan, plural } from './format.js'
import { losingCauses, lossNames } from './losing-causes.js'
import { grid, list } from './markdown/blocks.js'
import { fitted } from './markdown/fitted.js'
import { safe } from './markdown/safe.js'
import type { BaselineReporter } from './reporter.js'
import { formatFigure, titleOf } from './table/comparison/cells-block.js'
import { failureWords, namedRuns } from './table/comparison/named-runs.js'
import { readingOf } from './table/comparison/reading-lines.js'
import { headline, inShort, otherReasons } from './wording.js'

const marks = { pass: '✅', fail: '❌', invalid: '⚠️', interrupted: '⏹️', inconclusive: '❔' } as const

/** GitHub-flavoured Markdown for a step summary or a comment; at most 60 kB, the longest lists cut. */
export const markdown: BaselineReporter = {
  kind: 'markdown',
  summary: 'GitHub-flavoured Markdown for a step summary, at most 60 kB',
  render(result) {
    return fitted([
      [`## ${marks[result.verdict.outcome]} ${safe(headline(result))}`],
      [safe(inShort(result))],
      list(otherReasons(result)),
      gatesTable(result),
      lossTable(result),
      latencyTable(result),
      eventsTable(result),
      list(result.scenario.plan.notes),
      [setting(result)],
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
        `## ${marks[report.outcome]} ${report.outcome.toUpperCase()} ${safe(report.scenario)}, against a baseline`,
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
    inconclusiveNext(missedFirst(metrics)).map((verdict) => [
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

/** They are not what is cut. */
function missedFirst<WorkerReport extends { readonly ok: boolean }>(
  all: readonly WorkerReport[],
): WorkerReport[] {
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

function lossTable({ delivery, events }: Result): string[] {
  const causes = losingCauses(delivery, events)
  const cells = (counts: Result['delivery']['byCause'][string]) =>
    [...losses, 'lost' as const].map((column) => formatCount(counts[column]))
  return grid(
    ['Lost by cause', ...losses.map((name) => lossNames[name]), 'all'],
    [
      ...causes.map((cause) => [safe(cause), ...cells(delivery.byCause[cause]!)]),
      ...(causes.length > 1 ? [['all', ...cells(delivery)]] : []),
    ],
  )
}

function latencyTable({ latency }: Result): string[] {
  const columns = ['p50', 'p90', 'p99', 'p999', 'max'] as const
  const phases = Object.entries(latency.byPhase).filter(([name]) => name !== WARMUP)
  const rows: [string, LatencySummary][] = [
    ['from intended send', latency.intended],
    ...(phases.length > 1 ? phases : []),
    ['service time', latency.service],
  ]
  return grid(
    ['Latency', 'p50', 'p90', 'p99', 'p99.9', 'max'],
    rows
      .filter(([, { count }]) => count > 0)
      .map(([name, summary]) => [safe(name), ...columns.map((column) => formatMicros(summary[column]))]),
  )
}

function eventsTable({ events }: Result): string[] {
  return grid(
    ['Event', 'at', 'on', 'cut off', 'back', 'down p95', 'lost'],
    events.map(({ id, startedAtMs, targets, affectedClients, recovery, lost }) => [
      safe(id),
      formatSpan(startedAtMs),
      safe(targets.join(' ')),
      formatCount(affectedClients),
      formatCount(recovery.recovered),
      recovery.downtimeMicros.count > 0 ? formatMicros(recovery.downtimeMicros.p95) : '–',
      formatCount(lost),
    ]),
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
    `${marks[result.verdict.outcome]} ${safe(name)}`,
    ...figureNames.map((figure) => figureText(figure, figures[figure].read(result))),
  ])
  return grid(['Run', ...figureHeadings], rows)
}

function figureText(name: FigureName, value: number | null): string {
  return value === null ? '–' : formatFigure(name, value)
}

function setting(result: Result): string {
  const { tool, scenario, environment, durationMs } = result
  const facts = [
    plural(scenario.plan.clients.count, 'client'),
    formatSpan(durationMs),
    clusterWords(result),
    ...versionWords(result),
    `seed ${scenario.plan.seed}`,
    `${environment.cores} cores, node ${environment.node}`,
    `wsbench ${tool.version}`,
  ]
  return `<sub>${safe(facts.join(' · '))}</sub>`
}
