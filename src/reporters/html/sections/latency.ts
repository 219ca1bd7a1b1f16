import { decodeHistogram } from '../../../results/latency/histogram.js'
import type { LatencySummary, Result } from '../../../results/result.js'
import type { FactBlock } from '../../facts/fact.js'
import { blockMarkup } from '../block.js'
import type { ChartSpec, ColorName, SeriesSpec } from '../chart-spec.js'
import { chartFigure, type Section } from '../figure.js'
import { html } from '../markup.js'
import { curveAt, ninesUpTo } from '../percentile-curve.js'

const WIDE_RATIO = 30

/** The whole distribution, its tail drawn out, above the figures. */
export function latencySection({ latency }: Result, block: FactBlock): Section {
  const chart = distributionChart('chart-percentiles', [
    { label: 'from planned send', color: 'orange', look: 'line', summaries: [latency.fromPlannedSend] },
    { label: 'service time', color: 'blue', look: 'line', summaries: [latency.service] },
    { label: 'generator delay', color: 'gray', look: 'dashed', summaries: [latency.sendDelay] },
  ])
  return {
    id: 'latency',
    title: block.title,
    charts: [chart],
    body: html`${chartFigure(chart, 'Distribution', 'share of messages delivered within this time')}${blockMarkup(block)}`,
  }
}

export interface Distribution {
  readonly label: string
  readonly color: ColorName
  readonly look: SeriesSpec['look']
  /** Of all runs together. */
  readonly summaries: readonly LatencySummary[]
}

/** Percentiles on an axis of nines, as HdrHistogram plots them; a distribution without samples has no line. */
export function distributionChart(id: string, distributions: readonly Distribution[]): ChartSpec {
  const merged = distributions.flatMap(({ summaries, ...look }) => {
    const [first, ...others] = summaries.map(({ histogram }) => decodeHistogram(histogram))
    if (!first) return []
    for (const other of others) first.add(other)
    return first.totalCount === 0 ? [] : [{ histogram: first, ...look }]
  })
  const x = ninesUpTo(Math.max(0, ...merged.map(({ histogram }) => histogram.totalCount)))
  const p50s = merged.map(({ histogram }) => Math.max(1, histogram.getValueAtPercentile(50)))
  const isLog =
    Math.max(...merged.map(({ histogram }) => histogram.maxValue)) > WIDE_RATIO * Math.min(...p50s)
  return {
    id,
    axis: 'nines',
    unit: 'micros',
    isLog,
    heightPx: 280,
    x,
    series: merged.map(({ histogram, ...look }) => ({
      ...look,
      values: curveAt(histogram, x).map((micros) =>
        micros === null ? null : Math.max(isLog ? 1 : 0, micros),
      ),
    })),
  }
}
