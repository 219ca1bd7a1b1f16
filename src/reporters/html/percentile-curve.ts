import type { Histogram } from 'hdr-histogram-js'
import { HIGHEST_MICROS } from '../../results/latency/histogram.js'

const STEPS_PER_NINE = 24

/** Places on the axis of percentiles, −log10(1 − share): 0 is the least, 1 p90, 2 p99 … up to the last of `count` samples. */
export function ninesUpTo(count: number): number[] {
  const end = Math.log10(Math.max(1, count))
  const steps = Math.floor(end * STEPS_PER_NINE)
  return [...Array.from({ length: steps + 1 }, (_, index) => index / STEPS_PER_NINE), end].filter(
    (nines, index, all) => index === 0 || nines > all[index - 1]!,
  )
}

/** µs at each of `nines`; null past the histogram's last sample. */
export function curveAt(histogram: Histogram, nines: readonly number[]): (number | null)[] {
  const end = Math.log10(Math.max(1, histogram.totalCount))
  return nines.map((place) => {
    if (histogram.totalCount === 0 || place > end) return null
    const percentile = 100 * (1 - 10 ** -place)
    return Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue, HIGHEST_MICROS)
  })
}
