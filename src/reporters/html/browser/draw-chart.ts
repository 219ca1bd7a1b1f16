import type { ChartSpec, ChartUnit, SeriesSpec } from '../chart-spec.js'
import { placeText, placeTickText, tickText, valueText } from './axis-text.js'
import { colorNow, translucent } from './colors.js'
import { type Backdrop, drawBackdrop, drawEdges } from './draw-bands.js'

const FONT = '11px system-ui, sans-serif'
const P50 = Math.log10(2)
const SECOND_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600]

const places = { seconds: 'at', nines: 'up to', micros: 'down for' } as const

/** Draws a chart into its figure, and adapts it to the figure's width. */
export function drawChart(spec: ChartSpec, backdrop: Backdrop): uPlot {
  const figure = document.getElementById(spec.id)!
  const plot = figure.querySelector<HTMLElement>('.plot')!
  const size = () => ({ width: plot.clientWidth, height: spec.heightPx })
  const chart = new uPlot(
    {
      ...size(),
      padding: [backdrop.isNumbered ? 20 : 8, spec.axis === 'seconds' ? 12 : 28, 0, 0],
      scales: { x: { time: false }, y: yScale(spec) },
      axes: [xAxis(spec), yAxis(spec)],
      series: [
        {
          label: places[spec.axis],
          value: (_, value) => (value === null ? '' : placeText(value, spec.axis)),
        },
        ...spec.series.map((series) => seriesOf(series, spec.unit)),
      ],
      cursor: {
        y: false,
        drag: { x: true, y: false, dist: 4 },
        points: { size: 7, fill: (_, index) => `var(--${spec.series[index - 1]?.color ?? 'gray'})` },
        ...(spec.axis === 'seconds' ? { sync: { key: 'seconds' } } : {}),
      },
      legend: {
        mount: (_, legend) => figure.querySelector('.legend')!.append(legend),
        markers: { width: 0, fill: (_, index) => `var(--${spec.series[index - 1]?.color ?? 'gray'})` },
      },
      hooks: {
        drawClear: [(own) => drawBackdrop(own, backdrop)],
        drawAxes: [(own) => drawEdges(own, backdrop)],
        setCursor: [(own) => figure.classList.toggle('is-read', own.cursor.idx != null)],
      },
    },
    [spec.x.slice(), ...spec.series.map(({ values }) => values.slice())],
    plot,
  )
  new ResizeObserver(() => {
    if (plot.clientWidth !== chart.width) chart.setSize(size())
  }).observe(plot)
  return chart
}

function yScale({ isLog, unit }: ChartSpec): uPlot.Scale {
  if (isLog) return { distr: 3 }
  if (unit === 'share') return { range: [0, 1] }
  return { range: (_, __, most) => uPlot.rangeNum(0, most || 1, 0.1, true) }
}

function xAxis({ axis, x }: ChartSpec): uPlot.Axis {
  const isNines = axis === 'nines'
  return {
    ...axisLook(),
    size: 28,
    space: 64,
    values: (_, splits) => splits.map((place) => placeTickText(place, axis)),
    ...(axis === 'seconds' ? { incrs: SECOND_STEPS } : {}),
    ...(isNines
      ? { splits: () => [0, P50, ...Array.from({ length: Math.ceil(x.at(-1) ?? 0) }, (_, nine) => nine + 1)] }
      : {}),
  }
}

function yAxis({ unit }: ChartSpec): uPlot.Axis {
  return {
    ...axisLook(),
    size: 56,
    space: 32,
    values: (_, splits) => splits.map((value) => (value === null ? '' : tickText(value, unit))),
  }
}

function axisLook(): uPlot.Axis {
  return {
    font: FONT,
    stroke: () => colorNow('text'),
    grid: { stroke: () => colorNow('grid'), width: 1 },
    ticks: { show: false },
    gap: 6,
  }
}

function seriesOf({ label, color, look, values }: SeriesSpec, unit: ChartUnit): uPlot.Series {
  const alone = alonePoints(values)
  const stroke = () => colorNow(color)
  return {
    label,
    stroke,
    width: look === 'bars' ? 0 : 1.5,
    value: (_, value) => (value === null ? '' : valueText(value, unit)),
    points: { show: alone.length > 0, filter: () => alone, size: 4, fill: stroke },
    ...(look === 'dashed' ? { dash: [5, 4] } : {}),
    ...(look === 'area' ? { fill: () => translucent(colorNow(color)) } : {}),
    ...(look === 'bars' ? { fill: stroke, paths: uPlot.paths.bars!({ size: [0.8, 10], align: 1 }) } : {}),
  }
}

/** Indexes of values between two gaps: a line would not show them. */
function alonePoints(values: readonly (number | null)[]): number[] {
  return values.flatMap((value, index) =>
    value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
      ? [index]
      : [],
  )
}
