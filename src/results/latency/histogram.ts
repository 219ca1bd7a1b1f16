import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'

/** µs. Longer latencies are recorded as this, and counted as clamped. */
export const HIGHEST_MICROS = 60_000_000

/** An empty histogram of µs, 3 digits, 1 µs – 60 s. Every histogram of wsbench has these options, so all can be added. */
export function createHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_MICROS,
    numberOfSignificantValueDigits: 3,
    autoResize: false,
    useWebAssembly: false,
  })
}

/** How many values were out of range: below 0 (the clocks disagree), and above HIGHEST_MICROS. */
export interface Clamped {
  negative: number
  tooLong: number
}

/** Records `micros`, rounded and clamped. Never throws, never drops a value. */
export function record(histogram: Histogram, micros: number, clamped: Clamped): void {
  if (micros >= 0 && micros <= HIGHEST_MICROS) histogram.recordValue(Math.round(micros))
  else if (micros > HIGHEST_MICROS) {
    clamped.tooLong += 1
    histogram.recordValue(HIGHEST_MICROS)
  } else {
    clamped.negative += 1
    histogram.recordValue(0)
  }
}

export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram)
}

export function decodeHistogram(base64: string): Histogram {
  return decodeFromCompressedBase64(base64, 32, false)
}
