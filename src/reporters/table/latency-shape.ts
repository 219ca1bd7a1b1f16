import type { JsHistogram } from 'hdr-histogram-js'
import { sparkline } from '../../base/sparkline.js'
import { decodeHistogram } from '../../results/latency/histogram.js'
import type { LatencySummary } from '../../results/result.js'

/**
 * How the samples are spread from the lowest to the highest, on a logarithmic axis of so many columns. A column with any
 * sample has a stroke.
 */
export function latencyShape({ min, max, histogram }: LatencySummary, columns: number): string {
  // `getCountAtIndex` is not in the library's interface, but in JsHistogram, which it builds with `useWebAssembly: false`.
  const samples = decodeHistogram(histogram) as JsHistogram
  const lowest = Math.max(1, min)
  const decades = Math.log(Math.max(lowest + 1, max) / lowest)
  const counts = new Array<number>(columns).fill(0)
  for (let index = 0; index < samples.countsArrayLength; index += 1) {
    const count = samples.getCountAtIndex(index)
    if (count === 0) continue
    const share = Math.log(Math.max(lowest, samples.valueFromIndex(index)) / lowest) / decades
    counts[Math.min(columns - 1, Math.floor(share * columns))]! += count
  }
  return sparkline(
    counts.map((count) => (count === 0 ? null : count)),
    columns,
  ).join('')
}
