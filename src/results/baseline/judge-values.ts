import {
  directionOf,
  errorsToShow,
  gapTo,
  type Interval,
  median,
  repeatsToShow,
  type Shift,
  shiftOf,
} from '../statistics/shift.js'
import type { Finding, Sensitivity } from './finding.js'
import type { Limit } from './limit.js'

/**
 * Judges what is measured, not counted. Times by their ratios, as a machine that is slower is so by a factor; all else by
 * differences. The estimate and its interval are of the shift that Hodges and Lehmann define.
 */
export function judgeValues(
  limit: Limit,
  before: readonly number[],
  after: readonly number[],
  level: number,
): Finding {
  const isTime = limit.metric.unit === 'micros'
  const center = Math.max(isTime ? 1 : 0, median(before.toSorted((one, other) => one - other)))
  const scaled = (values: readonly number[]) =>
    isTime ? values.map((value) => Math.log(Math.max(1, value))) : values
  const shift = shiftOf(scaled(before), scaled(after))
  const worse = limit.metric.better === 'lower' ? shift : mirrored(shift)
  /** A shift in the metric's own unit, and in shares of the baseline. */
  const amount = (size: number) => (isTime ? center * Math.expm1(size) : size)
  const share = (size: number) => (amount(size) === 0 ? 0 : finite(amount(size) / Math.abs(center)))
  const past = isTime
    ? Math.max(Math.log1p(limit.relative ?? 0), Math.log1p((limit.absolute ?? 0) / center))
    : Math.max((limit.relative ?? 0) * Math.abs(center), limit.absolute ?? 0)

  const outcome = outcomeOf(worse, past, level)
  return {
    change: share(shift.estimate),
    interval: shift.interval && intervalOf(shift.interval, share),
    totals: null,
    outcome,
    sensitivity:
      outcome === 'inconclusive' ? sensitivityOf(worse, { before, after, past, level, amount, share }) : null,
  }
}

/** `past`: the shift beyond which the limit is passed. */
function outcomeOf(worse: Shift, past: number, level: number): Finding['outcome'] {
  if (worse.interval === null) return 'inconclusive'
  const direction = directionOf(worse, level)
  if (direction === 1 && worse.estimate > past) return 'regression'
  if (worse.interval.high > past) return 'inconclusive'
  if (direction === 0) return 'unchanged'
  return direction === 1 ? 'within limit' : 'improvement'
}

interface Measured {
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly past: number
  readonly level: number
  amount(size: number): number
  share(size: number): number | null
}

function sensitivityOf({ estimate, interval, spread }: Shift, measured: Measured): Sensitivity {
  const { before, after, past, level, amount, share } = measured
  if (spread === null) return { smallestChange: null, smallestAmount: null, repeats: null }
  const variance = 2 * spread ** 2
  const repeats = past > 0 ? repeatsToShow(gapTo(past, estimate), { variance, level }) : null
  const error = spread * Math.sqrt(1 / before.length + 1 / after.length)
  const smallest = interval === null ? null : errorsToShow(level, before.length + after.length - 2) * error
  return {
    smallestChange: smallest === null ? null : share(smallest),
    smallestAmount: smallest === null ? null : amount(smallest),
    repeats: repeats && Math.max(repeats, Math.min(before.length, after.length) + 1),
  }
}

/** The same shift of a metric of which less is worse, so that upward is worse. */
function mirrored({ estimate, interval, spread, chanceAbove }: Shift): Shift {
  return {
    estimate: -estimate,
    interval: interval && { ...interval, low: -interval.high, high: -interval.low },
    spread,
    chanceAbove: 1 - chanceAbove,
  }
}

function intervalOf({ low, high, confidence }: Interval, share: (size: number) => number | null) {
  const [from, to] = [share(low), share(high)]
  return from === null || to === null ? null : { low: from, high: to, confidence }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
