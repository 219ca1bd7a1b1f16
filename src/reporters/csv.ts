import { escapeText } from '../base/escape.js'
import { entry } from '../base/records.js'
import { figureNames, figures } from '../results/comparison/figures.js'
import type { Result } from '../results/result.js'
import type { ComparisonReporter } from './reporter.js'
import { namedRuns } from './table/comparison/named-runs.js'

/** A line a second of the timeline; of a comparison, a line a run. Names and units as in result.json. */
export const csv: ComparisonReporter = {
  kind: 'csv',
  summary: 'the timeline, a line a second; of a comparison, a line a run',
  render(result) {
    const { nodes } = result.cluster
    const head = [...columns, ...nodes.map((node) => `connected ${node}`)]
    return table([head, ...result.timeline.map((row) => lineOf(row, nodes, result))])
  },
  renderComparison(comparison) {
    const head = ['cell', 'outcome', ...figureNames]
    const lines = namedRuns(comparison).map(({ name, result }) => [
      name,
      result.verdict.outcome,
      ...figureNames.map((figure) => figures[figure].read(result)),
    ])
    return table([head, ...lines])
  },
}

const columns = [
  'tMs',
  'phase',
  'events',
  'connected',
  'connects',
  'disconnects',
  'sent',
  'received',
  'lost',
  'p50Micros',
  'p99Micros',
  'cpu',
] as const

type Cell = string | number | null

function lineOf(row: Result['timeline'][number], nodes: readonly string[], result: Result): Cell[] {
  const { tMs, connected, connects, disconnects, sent, received, lost, p50, p99, cpu } = row
  const { spans } = result.scenario.plan.phases
  const phase = spans.find(({ startMs, endMs }) => tMs >= startMs && tMs < endMs)?.name ?? ''
  const began = result.events.filter(({ startedAtMs }) => startedAtMs >= tMs && startedAtMs < tMs + 1000)
  const events = began.map(({ id }) => id).join(' ')
  return [
    ...[tMs, phase, events, connected, connects, disconnects, sent, received, lost, p50, p99],
    Number(cpu.toFixed(4)),
    ...nodes.map((node) => entry(row.connectedByNode, node) ?? 0),
  ]
}

/** RFC 4180, except that lines end in a bare line feed. */
function table(lines: readonly (readonly Cell[])[]): string {
  return lines.map((cells) => `${cells.map(cellText).join(',')}\n`).join('')
}

/** A text that a spreadsheet would run as a formula gets an apostrophe; `never` is not a missing figure. */
function cellText(cell: Cell): string {
  if (cell === Number.POSITIVE_INFINITY) return 'never'
  if (typeof cell !== 'string') return cell === null ? '' : String(cell)
  const text = escapeText(cell).replace(/^[=+\-@]/, "'$&")
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
