import { escapeText } from '../base/escape.js'
import { entry } from '../base/records.js'
import { type FigureName, figureNames, figures } from '../results/comparison/figures.js'
import { type CellSummary, type Group, type RankedCell, rank } from '../results/comparison/ranking.js'
import type { Result } from '../results/result.js'
import type { ComparisonReporter } from './reporter.js'

/** A line a second of the timeline; of a comparison, the runs, medians and findings of each cell. Names and units as in result.json. */
export const csv: ComparisonReporter = {
  kind: 'csv',
  summary: 'the timeline, a line a second; of a comparison, the runs, medians and findings of each cell',
  render(result) {
    const { nodes } = result.cluster
    const head = [...columns, ...nodes.map((node) => `connected ${node}`)]
    return table([head, ...result.timeline.map((row) => lineOf(row, nodes, result))])
  },
  renderComparison(comparison) {
    const head = ['cell', 'rank', 'run', 'outcome', ...figureNames.map(columnOf)]
    const { groups, unranked } = rank(comparison)
    const cells = groups.flatMap((group) => group.cells.flatMap((summary) => cellLines(summary, group)))
    return table([head, ...cells, ...unranked.flatMap((summary) => cellLines(summary, null))])
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

function columnOf(name: FigureName): string {
  return figures[name].unit === 'micros' ? `${name}Micros` : name
}

/** A line a run, one of the medians, and one of what they show, figure by figure: best, no difference, worse. */
function cellLines(summary: CellSummary | RankedCell, group: Group | null): Cell[][] {
  const { cell, outcome, figures: spreads } = summary
  const place = 'rank' in summary ? summary.rank : null
  const runs = cell.runs.map((result, index) => [
    ...[cell.name, place, index + 1, result.verdict.outcome],
    ...figureNames.map((name) => figures[name].read(result)),
  ])
  const medians = figureNames.map((name) => spreads[name]?.median ?? null)
  return [
    ...runs,
    ...(runs.length === 0 ? [] : [[cell.name, place, 'median', outcome, ...medians]]),
    ...(group === null || place === null
      ? []
      : [
          [
            cell.name,
            place,
            'finding',
            outcome,
            ...figureNames.map((name) => findingOf(cell.name, group, name)),
          ],
        ]),
  ]
}

function findingOf(cell: string, { readings }: Group, name: FigureName): string | null {
  const reading = readings.find(({ figure }) => figure === name)
  if (!reading) return null
  if (reading.best.includes(cell)) return 'best'
  return reading.alike.includes(cell) ? 'no difference' : 'worse'
}

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
  if (cell === null) return ''
  // Six digits of what is no whole number: 1.2, not 1.2000000000000002.
  if (typeof cell === 'number') return String(Number.isInteger(cell) ? cell : Number(cell.toPrecision(6)))
  const text = escapeText(cell).replace(/^[=+\-@]/, "'$&")
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
