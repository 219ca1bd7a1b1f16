import { formatCount, formatDuration, formatMicros, formatShare } from '../../../base/format.js'
import type { ChartSpec, ChartUnit } from '../chart-spec.js'

/** A value under the cursor. */
export function valueText(value: number, unit: ChartUnit): string {
  if (unit === 'micros') return formatMicros(value)
  return unit === 'share' ? formatShare(value) : formatCount(value)
}

/** A value at a tick, which is round: without trailing zeros. */
export function tickText(value: number, unit: ChartUnit): string {
  if (value === 0) return '0'
  if (unit === 'share') return `${round(value * 100)} %`
  const steps = unit === 'micros' ? microsSteps : countSteps
  if (unit === 'count' && value < 10_000) return formatCount(value)
  const [size, suffix] = steps.find(([least]) => value >= least) ?? [1, '']
  return `${round(value / size)}${suffix}`
}

/** Where a point lies on the axis below. */
export function placeText(place: number, axis: ChartSpec['axis']): string {
  if (axis === 'seconds') return formatDuration(place * 1000)
  return axis === 'micros' ? formatMicros(place) : nines(place, 1)
}

export function placeTickText(place: number, axis: ChartSpec['axis']): string {
  if (axis === 'seconds') return formatDuration(place * 1000)
  if (axis === 'micros') return tickText(place, 'micros')
  return place === 0 ? '' : nines(place, 0)
}

const microsSteps: readonly (readonly [number, string])[] = [
  [1_000_000, ' s'],
  [1_000, ' ms'],
  [1, ' µs'],
]
const countSteps: readonly (readonly [number, string])[] = [
  [1_000_000, 'M'],
  [1_000, 'k'],
]

/** 3 → `99.9 %`: as many digits as the share has nines. */
function nines(place: number, more: number): string {
  return `${(100 * (1 - 10 ** -place)).toFixed(Math.max(0, Math.ceil(place - 2) + more))} %`
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
