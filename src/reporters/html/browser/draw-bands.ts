import type { Band } from '../chart-spec.js'
import { colorNow, type StyleColor } from './colors.js'

export interface Backdrop {
  readonly bands: readonly Band[]
  readonly measureSeconds: number | null
  /** Whether this chart shows the numbers of the events. */
  readonly isNumbered: boolean
}

const BADGE_RADIUS = 8

/** Behind a chart over time: what was not measured, and each event from its start to its end. */
export function drawBackdrop(chart: uPlot, { bands, measureSeconds }: Backdrop): void {
  if (measureSeconds === null) return
  fill(chart, Number.NEGATIVE_INFINITY, 0, 'shade')
  fill(chart, measureSeconds, Number.POSITIVE_INFINITY, 'shade')
  for (const { fromSeconds, toSeconds } of bands) fill(chart, fromSeconds, toSeconds, 'band')
}

/** Above the grid, which would hide some of them: the start and the number of each event. */
export function drawEdges(chart: uPlot, { bands, isNumbered }: Backdrop): void {
  for (const { fromSeconds, label } of bands) {
    edge(chart, fromSeconds)
    if (isNumbered) badge(chart, fromSeconds, label)
  }
}

function fill(chart: uPlot, from: number, to: number, color: StyleColor): void {
  const { left, top, width, height } = chart.bbox
  const within = (seconds: number) =>
    Math.min(left + width, Math.max(left, chart.valToPos(seconds, 'x', true)))
  const [start, end] = [within(from), within(to)]
  if (end <= start) return
  chart.ctx.fillStyle = colorNow(color)
  chart.ctx.fillRect(start, top, end - start, height)
}

function edge(chart: uPlot, seconds: number): void {
  const x = chart.valToPos(seconds, 'x', true)
  const { left, top, width, height } = chart.bbox
  if (x < left || x > left + width) return
  chart.ctx.fillStyle = colorNow('band-edge')
  chart.ctx.fillRect(Math.round(x), top, Math.max(1, uPlot.pxRatio), height)
}

function badge(chart: uPlot, seconds: number, label: string): void {
  const { ctx, bbox } = chart
  const x = chart.valToPos(seconds, 'x', true)
  if (x < bbox.left || x > bbox.left + bbox.width) return
  const radius = BADGE_RADIUS * uPlot.pxRatio
  const y = bbox.top - radius
  ctx.save()
  ctx.fillStyle = colorNow('band-edge')
  ctx.beginPath()
  ctx.arc(x, y, radius, 0, 2 * Math.PI)
  ctx.fill()
  ctx.fillStyle = colorNow('surface')
  ctx.font = `600 ${10 * uPlot.pxRatio}px system-ui, sans-serif`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.fillText(label, x, y + uPlot.pxRatio / 2)
  ctx.restore()
}
