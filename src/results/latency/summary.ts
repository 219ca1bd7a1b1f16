import type { Histogram, JsHistogram } from 'hdr-histogram-js'
import type { LatencySummary } from '../result.js'
import { createHistogram, decodeHistogram, encodeHistogram, HIGHEST_MICROS } from './histogram.js'

type Figure = Exclude<keyof LatencySummary, 'histogram'>

/** Whole µs, at most 0.1 % above the recorded value (the histogram's resolution); 0 if nothing was recorded. */
export const figureOf: Readonly<Record<Figure, (histogram: Histogram) => number>> = {
  count: ({ totalCount }) => totalCount,
  min: at(0),
  mean: ({ mean }) => Math.round(mean),
  p50: at(50),
  p90: at(90),
  p95: at(95),
  p99: at(99),
  p999: at(99.9),
  max: highest,
}

export function summarize(histogram: Histogram): LatencySummary {
  const figures = Object.entries(figureOf).map(([name, read]) => [name, read(histogram)])
  return { ...Object.fromEntries(figures), histogram: encodeHistogram(histogram) }
}

function at(percentile: number): (histogram: Histogram) => number {
  return (histogram) =>
    histogram.totalCount === 0 ? 0 : Math.min(histogram.getValueAtPercentile(percentile), highest(histogram))
}

function highest({ totalCount, maxValue }: Histogram): number {
  return totalCount === 0 ? 0 : Math.min(maxValue, HIGHEST_MICROS)
}

/** The sum of base64 histograms; empty for none. */
export function mergeEncoded(encoded: readonly string[]): Histogram {
  const merged = createHistogram()
  for (const base64 of encoded) merged.add(decodeHistogram(base64))
  return merged
}

export function summarizeEncoded(encoded: readonly string[]): LatencySummary {
  return summarize(mergeEncoded(encoded))
}

/** The `rank`-th smallest recorded value, from 1; null if fewer were recorded. */
export function valueAtRank(histogram: Histogram, rank: number): number | null {
  if (rank < 1 || rank > histogram.totalCount) return null
  return Math.min(histogram.getValueAtPercentile((100 * rank) / histogram.totalCount), HIGHEST_MICROS)
}

/** Percentiles of the sum of sparse counts, as of `mergeSparse`; null if all are empty. */
export function sparsePercentiles(counts: readonly Uint32Array[]): { p50: number; p99: number } | null {
  const sum = mergeSparse(counts)
  return sum.totalCount === 0
    ? null
    : { p50: sum.getValueAtPercentile(50), p99: sum.getValueAtPercentile(99) }
}

/** The sum of sparse counts: pairs of (index into a histogram's counts, count). */
export function mergeSparse(counts: readonly Uint32Array[]): Histogram {
  // `valueFromIndex` is not in the library's interface, but in JsHistogram, which it builds with `useWebAssembly: false`.
  const sum = createHistogram() as JsHistogram
  for (const pairs of counts) {
    for (let at = 0; at < pairs.length; at += 2) {
      sum.recordValueWithCount(sum.valueFromIndex(pairs[at]!), pairs[at + 1]!)
    }
  }
  return sum
}
