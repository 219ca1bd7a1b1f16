import { formatCount, formatMicros } from '../../../base/format.js'
import { WARMUP } from '../../../results/assemble/assemble-latency.js'
import { decodeHistogram } from '../../../results/latency/histogram.js'
import type { LatencySummary, Result } from '../../../results/result.js'
import type { ChartSpec, ColorName, SeriesSpec } from '../chart-spec.js'
import { dataTable, type Row } from '../data-table.js'
import { chartFigure, type Section } from '../figure.js'
import { html, type Markup } from '../markup.js'
import { curveAt, ninesUpTo } from '../percentile-curve.js'

const WIDE_RATIO = 30
const figures = {
  min: 'min',
  mean: 'mean',
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  p999: 'p99.9',
  max: 'max',
} as const
const figureNames = Object.keys(figures) as (keyof typeof figures)[]

/** How late messages were: the whole distribution, its tail drawn out, then in figures and by phase. */
export function latencySection({ latency, scenario, generator }: Result): Section {
  if (latency.intended.count === 0) {
    return {
      id: 'latency',
      title: 'Latency',
      body: html`<p class="none">Nothing was received in the measure phase.</p>`,
      charts: [],
    }
  }
  const chart = distributionChart('chart-percentiles', [
    { label: 'from intended send', color: 'orange', look: 'line', summaries: [latency.intended] },
    { label: 'service time', color: 'blue', look: 'line', summaries: [latency.service] },
    { label: 'send delay', color: 'gray', look: 'dashed', summaries: [latency.sendDelay] },
  ])
  const rows: Row[] = [
    rowOf('from intended send', latency.intended),
    ...phaseRows(latency, scenario.plan.phases.spans),
    rowOf('service time', latency.service),
    rowOf('send delay', latency.sendDelay),
  ]
  return {
    id: 'latency',
    title: 'Latency',
    charts: [chart],
    body: html`${chartFigure(chart, 'Distribution', 'the share of messages that were at most so late')}
${dataTable(['', 'samples', ...Object.values(figures)], rows)}
${remarks(latency, generator)}`,
  }
}

export interface Distribution {
  readonly label: string
  readonly color: ColorName
  readonly look: SeriesSpec['look']
  /** Of all runs together. */
  readonly summaries: readonly LatencySummary[]
}

/** Percentiles on an axis of nines, as HdrHistogram plots them; what has no samples has no line. */
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

function rowOf(name: string, summary: LatencySummary, isQuiet = false): Row {
  const cells = figureNames.map((figure) => (summary.count === 0 ? '–' : formatMicros(summary[figure])))
  return { name, cells: [formatCount(summary.count), ...cells], isQuiet }
}

/** In the order of the plan; none where there is but one phase. */
function phaseRows({ byPhase }: Result['latency'], spans: readonly { readonly name: string }[]): Row[] {
  const names = [...new Set(spans.map(({ name }) => name))].filter((name) => name !== WARMUP)
  const rows = names.flatMap((name) => {
    const summary = byPhase[name]
    return summary && summary.count > 0 ? [rowOf(`in ${name}`, summary, true)] : []
  })
  return rows.length > 1 ? rows : []
}

function remarks(
  { sendDelay, tooLong, negative }: Result['latency'],
  { workers }: Result['generator'],
): Markup {
  const lagMicros = Math.max(0, ...workers.map((worker) => worker.eventLoopLagP99Micros))
  const texts = [
    `Of which ours, at p99: sent ${formatMicros(sendDelay.p99)} late, read up to ${formatMicros(lagMicros)} late (loop lag).`,
    ...(tooLong > 0 ? [`${formatCount(tooLong)} longer than 60 s are counted as 60 s.`] : []),
    ...(negative > 0 ? [`${formatCount(negative)} below 0 are counted as 0.`] : []),
  ]
  return html`<p class="hint">${texts.join(' ')}</p>`
}
