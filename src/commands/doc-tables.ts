import type { Explains } from '../chaos/event.js'
import { events } from '../chaos/index.js'
import { reporters } from '../reporters/index.js'
import type { Reporter } from '../reporters/reporter.js'
import type { Metric } from '../results/gates/metric.js'
import { metrics } from '../results/gates/metrics.js'
import { liveMetricNames } from '../telemetry/live-metrics.js'
import { settingsByPart } from './settings-tables.js'

type Tables = Readonly<Record<string, () => string>>

/** The tables in docs/ that are generated from registries, by page and marker. */
export const documented: Readonly<Record<string, Tables>> = {
  'delivery.md': { explains: explainsTable },
  'gates.md': { metrics: metricsTable },
  'reporters.md': { reporters: reportersTable, 'live metrics': liveMetricsTable },
  'settings.md': { settings: settingsTables },
}

/** The page, with each table written again between `<!-- name -->` and `<!-- end -->`. */
export function filledIn(page: string, tables: Tables): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [start, end] = [`<!-- ${name} -->\n`, '<!-- end -->']
    const from = text.indexOf(start) + start.length
    const to = text.indexOf(end, from)
    if (from < start.length || to === -1) throw new Error(`no <!-- ${name} --> … <!-- end -->`)
    return `${text.slice(0, from)}${table()}${text.slice(to)}`
  }, page)
}

const lostInFlight = {
  none: 'none',
  'of its nodes': 'of nodes that it acted on',
  any: 'any',
} as const satisfies Record<Explains['lossesInFlight'], string>

/** Events of a kind that can do the same share a row. */
function explainsTable(): string {
  const rows = new Map<string, string[]>()
  for (const { kind, explains } of Object.values(events)) {
    const can = [explains.disconnects ? 'yes' : 'no', lostInFlight[explains.lossesInFlight]].join(' | ')
    rows.set(can, [...(rows.get(can) ?? []), kind])
  }
  return table(
    ['events', 'disconnects', 'losses in flight'],
    [...rows].map(([can, kinds]) => [kinds.join(', '), can]),
  )
}

const units = { micros: 'time', count: 'count', ratio: 'ratio', rate: 'rate' } as const satisfies Record<
  Metric['unit'],
  string
>

function metricsTable(): string {
  const rows = [...metrics.values()].map(({ name, summary, unit, selectors, needsSelector, inSeconds }) => [
    `\`${name}\``,
    units[unit],
    `${selectors.map((key) => `\`${key}\``).join(' ')}${needsSelector ? ', required' : ''}`,
    inSeconds ? (inSeconds.isLive ? 'windows, abort' : 'windows') : '',
    summary,
  ])
  return table(['metric', 'unit', 'selectors', 'over a window', 'what it is'], rows)
}

function reportersTable(): string {
  const rows = Object.values(reporters).map((reporter: Reporter) => [
    `\`${reporter.kind}\``,
    [
      'run',
      ...(reporter.renderComparison ? ['compare'] : []),
      ...(reporter.renderBaseline ? ['gate'] : []),
      ...(reporter.renderSearch ? ['find-max'] : []),
    ].join(', '),
    reporter.summary,
  ])
  return table(['kind', 'of', 'what it is'], rows)
}

function settingsTables(): string {
  return [...settingsByPart()]
    .map(([part, rows]) => {
      const title = part === '' ? 'The scenario itself' : `\`${part}\``
      return `\n## ${title}\n\n${table(['setting', 'value', 'default', 'what it is'], rows)}`
    })
    .join('')
}

function liveMetricsTable(): string {
  const rows = Object.entries(liveMetricNames).map(([name, { type, help, labels }]) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(' '),
    help,
  ])
  return table(['metric', 'type', 'labels', 'what it is'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return [head, head.map(() => '---'), ...rows].map(line).join('')
}
