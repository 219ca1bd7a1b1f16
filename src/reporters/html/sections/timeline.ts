import { formatDuration } from '../../../base/format.js'
import { decodeHistogram } from '../../../results/latency/histogram.js'
import { figureOf } from '../../../results/latency/summary.js'
import type { EventResult, Result, TimelineRow } from '../../../results/result.js'
import type { Band, ChartSpec, ColorName, SeriesSpec } from '../chart-spec.js'
import { type ChartRow, downsample, type Steps } from '../downsample.js'
import { chartFigure, type Section } from '../figure.js'
import { html, type Markup } from '../markup.js'
import { lookOf } from '../palette.js'

/** From this ratio of highest to lowest value on, a chart has a logarithmic axis. */
const WIDE_RATIO = 30

/** The run second by second: every chart has the same time axis, the same cursor, the same zoom. */
export function timelineSection(result: Result): Section {
  const steps = downsample(result.timeline.map(withPercentiles))
  const { nodes } = result.cluster
  const isQuiet = steps.rows.every(({ lost }) => lost === 0)
  const each = steps.stepSeconds === 1 ? 'each second' : `each ${steps.stepSeconds} s`
  const drawn = [
    { chart: latencyChart(steps), title: 'Latency', remark: `from planned send, ${each}` },
    ...(isQuiet
      ? []
      : [
          {
            chart: countChart(steps, 'chart-lost', 120, [['lost', 'lost', 'orange', 'bars']]),
            title: 'Lost',
            remark: `by the time they were sent, ${each}`,
          },
        ]),
    {
      chart: countChart(steps, 'chart-received', 120, [['received', 'received', 'blue', 'area']]),
      title: 'Received',
      remark: `messages, ${each}`,
    },
    {
      chart: countChart(steps, 'chart-sent', 100, [['sent', 'sent', 'sky', 'area']]),
      title: 'Sent',
      remark: `messages published, ${each}`,
    },
    {
      chart: countChart(steps, 'chart-connections', 150, [
        ['open', 'connected', 'blue', 'area'],
        ['opened', 'connects', 'green', 'line'],
        ['closed', 'disconnects', 'orange', 'dashed'],
      ]),
      title: 'Connections',
      remark: `open; opened and closed ${each}`,
    },
    ...(nodes.length === 0
      ? []
      : [{ chart: nodesChart(steps, nodes), title: 'Connections per node', remark: '' }]),
  ]
  const figures = drawn.map(({ chart, title, remark }) => chartFigure(chart, title, remark))
  return {
    id: 'timeline',
    title: 'Timeline',
    charts: steps.rows.length === 0 ? [] : drawn.map(({ chart }) => chart),
    body:
      steps.rows.length === 0
        ? html`<p class="none">Nothing was recorded.</p>`
        : html`${eventKey(result.events)}
<p class="hint"><span class="for-mouse">Point at a chart to read it, drag across to zoom in, double-click to zoom out.
</span>${isQuiet ? 'Nothing was lost in any second. ' : null}${downsampled(steps)}</p>
<div class="timeline">${figures}</div>`,
  }
}

/** The percentiles drawn for each second; the result itself has p50 and p99. */
function withPercentiles(row: TimelineRow): ChartRow {
  const latency = row.histogram === null ? null : decodeHistogram(row.histogram)
  return { ...row, p90: latency && figureOf.p90(latency), p999: latency && figureOf.p999(latency) }
}

/** Spans of the events: until they were done, or until all affected clients were back. */
export function bandsOf(events: readonly EventResult[]): Band[] {
  return events.map(({ startedAtMs, finishedAtMs, recovery }, index) => ({
    label: String(index + 1),
    fromSeconds: startedAtMs / 1000,
    toSeconds: Math.max(finishedAtMs, startedAtMs + (recovery.timeTo100Ms ?? 0)) / 1000,
  }))
}

function eventKey(events: readonly EventResult[]): Markup | null {
  if (events.length === 0) return null
  const entries = events.map(
    ({ id, startedAtMs }, index) =>
      html`<li><a href="#event-${index + 1}"><b class="number">${index + 1}</b> ${id}</a> at ${formatDuration(startedAtMs)}</li>`,
  )
  return html`<ol class="event-key">${entries}</ol>`
}

function downsampled({ stepSeconds }: Steps): string | null {
  if (stepSeconds === 1) return null
  return `Each point stands for ${stepSeconds} s: the highest latency, the sum of messages, and the fewest connections of these seconds.`
}

function timeChart(
  steps: Steps,
  chart: Omit<ChartSpec, 'axis' | 'x' | 'isLog'> & { readonly isLog?: boolean },
): ChartSpec {
  return { isLog: false, ...chart, axis: 'seconds', x: steps.rows.map(({ tMs }) => tMs / 1000) }
}

function latencyChart(steps: Steps): ChartSpec {
  const values = steps.rows.flatMap(({ p50, p999 }) => [p50 ?? [], p999 ?? []].flat())
  const isLog = Math.max(...values) > WIDE_RATIO * Math.max(1, Math.min(...values))
  const read = (pick: (row: ChartRow) => number | null) =>
    steps.rows.map((row) => {
      const micros = pick(row)
      return micros === null ? null : Math.max(isLog ? 1 : 0, micros)
    })
  return timeChart(steps, {
    id: 'chart-latency',
    unit: 'micros',
    isLog,
    heightPx: 220,
    series: [
      { label: 'p50', color: 'blue', look: 'line', values: read(({ p50 }) => p50) },
      { label: 'p90', color: 'green', look: 'line', values: read(({ p90 }) => p90) },
      { label: 'p99', color: 'orange', look: 'line', values: read(({ p99 }) => p99) },
      { label: 'p99.9', color: 'purple', look: 'dashed', values: read(({ p999 }) => p999) },
    ],
  })
}

function nodesChart(steps: Steps, nodes: readonly string[]): ChartSpec {
  const series = nodes.map((node, index) => ({
    label: node,
    ...lookOf(index),
    values: steps.rows.map(({ connectedByNode }) =>
      Object.hasOwn(connectedByNode, node) ? connectedByNode[node]! : null,
    ),
  }))
  return timeChart(steps, { id: 'chart-nodes', unit: 'count', heightPx: 180, series })
}

type CountSeries = [label: string, count: CountKey, color: ColorName, look: SeriesSpec['look']]
type CountKey = 'lost' | 'received' | 'sent' | 'connected' | 'connects' | 'disconnects'

function countChart(steps: Steps, id: string, heightPx: number, all: readonly CountSeries[]): ChartSpec {
  const series = all.map(([label, key, color, look]) => ({
    label,
    color,
    look,
    values: steps.rows.map((row) => row[key]),
  }))
  return timeChart(steps, { id, unit: 'count', heightPx, series })
}
