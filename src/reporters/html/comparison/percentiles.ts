import type { Ranking } from '../../../results/comparison/ranking.js'
import { chartFigure, type Section } from '../figure.js'
import { html } from '../markup.js'
import { lookOf } from '../palette.js'
import { distributionChart } from '../sections/latency.js'

/** The latency distributions of all ranked cells in one chart, each of all its runs together. */
export function percentilesSection({ groups }: Ranking): Section | null {
  const cells = groups.flatMap((group) => group.cells)
  const chart = distributionChart(
    'chart-percentiles',
    cells.map(({ cell }, index) => ({
      label: cell.name,
      ...lookOf(index),
      summaries: cell.runs.map(({ latency }) => latency.fromPlannedSend),
    })),
  )
  if (chart.series.length === 0) return null
  return {
    id: 'latency',
    title: 'Latency',
    charts: [chart],
    body: html`${chartFigure(chart, 'Distribution', 'share of messages delivered within this time, from planned send')}`,
  }
}
