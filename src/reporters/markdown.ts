import { WARMUP } from '../results/assemble-latency.js'
import type { Comparison } from '../results/comparison/comparison.js'
import { figureNames, figures } from '../results/comparison/figures.js'
import type { LatencySummary, Result } from '../results/result.js'
import { formatQuantity } from '../results/units.js'
import { failureWords, namedRuns } from './comparison/named-runs.js'
import { escapeText } from './escape.js'
import { formatCount, formatMicros, formatSpan } from './format.js'
import { headline, inShort, otherReasons } from './headline.js'
import type { ComparisonReporter } from './reporter.js'

/** GitHub takes 1 MiB a step summary; a comment of a pull request takes 65,536 characters. */
const MOST_BYTES = 60_000

const marks = { pass: '✅', fail: '❌', invalid: '⚠️', interrupted: '⏹️' } as const

/** GitHub-flavoured Markdown for a step summary or a comment; at most 60 kB, the least important cut first. */
export const markdown: ComparisonReporter = {
  kind: 'markdown',
  summary: 'GitHub-flavoured Markdown for a step summary, at most 60 kB',
  render(result) {
    return fitted([
      `## ${marks[result.verdict.outcome]} ${safe(headline(result))}`,
      safe(inShort(result)),
      list(otherReasons(result)),
      gatesTable(result),
      latencyTable(result),
      eventsTable(result),
      list(result.scenario.plan.notes),
      setting(result),
    ])
  },
  renderComparison(comparison) {
    return fitted([
      '## wsbench comparison',
      comparisonTable(comparison),
      list(comparison.cells.flatMap(failureWords)),
      ...namedRuns(comparison).map(({ name, result }) =>
        [`### ${safe(name)}`, list(otherReasons(result)), gatesTable(result)].filter(Boolean).join('\n\n'),
      ),
    ])
  },
}

/** As many sections as fit, from the first. */
function fitted(sections: readonly string[]): string {
  const note = '*Cut here: this would be longer than 60 kB. The whole is in the JSON report.*'
  let text = ''
  for (const section of sections.filter((some) => some !== '')) {
    const longer = `${text}${text === '' ? '' : '\n'}${section}\n`
    if (Buffer.byteLength(longer) + Buffer.byteLength(note) + 2 > MOST_BYTES) return `${text}\n${note}\n`
    text = longer
  }
  return text
}

function gatesTable({ gates }: Result): string {
  const rows = gates.map(({ expression, ok, reason }) => [ok ? '✅' : '❌', safe(expression), safe(reason)])
  return grid(['', 'Gate', ''], rows)
}

function latencyTable({ latency }: Result): string {
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

function eventsTable({ events }: Result): string {
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

function comparisonTable(comparison: Comparison): string {
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

function setting({ tool, scenario, cluster, environment, durationMs }: Result): string {
  const { balancer, broker, bridge } = cluster
  const part = ({ kind, isEmbedded, version }: typeof balancer | NonNullable<typeof broker>) =>
    isEmbedded ? `embedded ${kind}` : `${kind} ${version}`
  const facts = [
    `${formatCount(scenario.plan.clients.count)} clients`,
    formatSpan(durationMs),
    `${part(balancer)} ${balancer.strategy}`,
    broker ? `${bridge} on ${part(broker)}` : `bridge ${bridge}`,
    `seed ${scenario.plan.seed}`,
    `${environment.cores} cores, node ${environment.node}`,
    `wsbench ${tool.version}`,
  ]
  return `<sub>${safe(facts.join(' · '))}</sub>`
}

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? ':--' : '--:'))), ...rows.map(line)].join(
    '\n',
  )
}

function list(texts: readonly string[]): string {
  return texts.map((text) => `- ${safe(text)}`).join('\n')
}

/** Text that is text in Markdown too: no markup, no HTML, no link, no mention. */
function safe(text: string): string {
  return escapeText(text)
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll('://', ':&#47;/')
}
