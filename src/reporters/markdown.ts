import { formatCount, formatDuration, formatMicros, plural } from '../base/format.js'
import { WARMUP } from '../results/assemble/assemble-latency.js'
import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { Comparison } from '../results/comparison/comparison.js'
import { figureNames, figures } from '../results/comparison/figures.js'
import { losses } from '../results/delivery/types.js'
import type { LatencySummary, Result } from '../results/result.js'
import { formatQuantity } from '../results/units.js'
import { caveats, changeWords, differenceWords, runsWords } from './baseline-words.js'
import { clusterWords, versionWords } from './cluster-words.js'
import { losingCauses, lossNames } from './losing-causes.js'
import { grid, list } from './markdown/blocks.js'
import { fitted } from './markdown/fitted.js'
import { safe } from './markdown/safe.js'
import type { BaselineReporter } from './reporter.js'
import { failureWords, namedRuns } from './table/comparison/named-runs.js'
import { headline, inShort, otherReasons } from './wording.js'

const marks = { pass: '✅', fail: '❌', invalid: '⚠️', interrupted: '⏹️' } as const

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
      formatDuration(startedAtMs),
      safe(targets.join(' ')),
      formatCount(affectedClients),
      formatCount(recovery.recovered),
      recovery.downtimeMicros.count > 0 ? formatMicros(recovery.downtimeMicros.p95) : '–',
      formatCount(lost),
    ]),
  )
}

function comparisonTable(comparison: Comparison): string[] {
  const rows = namedRuns(comparison).map(({ name, result }) => [
    `${marks[result.verdict.outcome]} ${safe(name)}`,
    ...figureNames.map((figure) => {
      const value = figures[figure].read(result)
      if (value === null) return '–'
      return Number.isFinite(value) ? formatQuantity(value, figures[figure].unit) : 'never'
    }),
  ])
  return grid(['Run', ...figureNames.map((figure) => figures[figure].heading)], rows)
}

function setting(result: Result): string {
  const { tool, scenario, environment, durationMs } = result
  const facts = [
    plural(scenario.plan.clients.count, 'client'),
    formatDuration(durationMs),
    clusterWords(result),
    ...versionWords(result),
    `seed ${scenario.plan.seed}`,
    `${environment.cores} cores, node ${environment.node}`,
    `wsbench ${tool.version}`,
  ]
  return `<sub>${safe(facts.join(' · '))}</sub>`
}
