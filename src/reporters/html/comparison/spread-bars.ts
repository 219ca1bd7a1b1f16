import { type FigureName, figures } from '../../../results/comparison/figures.js'
import type { CellSummary, Group } from '../../../results/comparison/ranking.js'
import type { Spread } from '../../../results/comparison/spread.js'
import { formatFigure } from '../../table/comparison/cells-block.js'
import { html, type Markup } from '../markup.js'

const ROOM_PERCENT = 98

/** A bar for each cell from 0 to its median, and over it a line from the least to the most of its runs. */
export function spreadBars(figure: FigureName, { cells, readings }: Group): Markup | null {
  const { best } = figures[figure]
  const spreads = cells.flatMap((summary) => summary.figures[figure] ?? [])
  const most = Math.max(...spreads.map((spread) => (Number.isFinite(spread.most) ? spread.most : 0)))
  if (best === null || spreads.length === 0) return null
  const reading = readings.find((own) => own.figure === figure)
  const toneOf = (name: string) => {
    if (reading?.best.includes(name)) return 'best'
    return reading && reading.best.length > 0 && reading.alike.includes(name) ? 'near' : ''
  }
  return html`<div class="bars"><h4>${titles[figure]}</h4>${cells.map((summary) =>
    barRow(summary, { figure, most, tone: toneOf(summary.cell.name) }),
  )}</div>\n`
}

const titles = {
  lost: 'Lost',
  lostPerMillion: 'Lost per million due',
  p99: 'Latency p99',
  recoveryP95: 'Downtime p95, worst event',
  recoveryMax: 'Last client back, worst event',
  maxOverMean: 'Fullest node over the mean, at the end',
} as const satisfies Record<FigureName, string>

interface Bar {
  readonly figure: FigureName
  readonly most: number
  readonly tone: 'best' | 'near' | ''
}

function barRow({ cell, ...summary }: CellSummary, { figure, most, tone }: Bar): Markup {
  const spread = summary.figures[figure]
  const text = spread === null ? '–' : formatFigure(figure, spread.median)
  return html`<div class="bar-row"><span class="name">${cell.name}</span><span class="value">${text}</span>${
    spread === null ? null : bar(spread, most, tone)
  }</div>\n`
}

function bar({ least, median, most: own, runs }: Spread, most: number, tone: Bar['tone']): Markup {
  const at = (value: number) => {
    const share = most === 0 ? 0 : Math.min(1, value / most)
    return `${(share * ROOM_PERCENT).toFixed(2)}%`
  }
  return html`<svg width="100%" height="14" role="img" aria-hidden="true"><rect class="track" width="100%" height="6" y="4" rx="3"/>
<rect class="fill ${tone}" width="${at(median)}" height="6" y="4" rx="3"/>${
    runs > 1
      ? html`<line x1="${at(least)}" x2="${at(own)}" y1="7" y2="7"/><line x1="${at(least)}" x2="${at(least)}" y1="2" y2="12"/><line x1="${at(own)}" x2="${at(own)}" y1="2" y2="12"/>`
      : null
  }</svg>`
}
