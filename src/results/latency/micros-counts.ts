import type { Histogram, JsHistogram } from 'hdr-histogram-js'
import { type Clamped, createHistogram, HIGHEST_MICROS } from './histogram.js'

/** What a precision of 3 digits needs: values below 2^11 are exact, above it the 11 highest bits count. */
const EXACT_BITS = 11
const HALF_BUCKET = 1 << (EXACT_BITS - 1)
/** Not in the library's interface, but in JsHistogram, which is what it builds here. */
const LENGTH = (createHistogram() as JsHistogram).countsArrayLength
export const BYTES_PER_COUNTS = LENGTH * Float64Array.BYTES_PER_ELEMENT

/**
 * A histogram with the buckets of `createHistogram` that can only record, at a tenth of the library's cost: for the hot path.
 * It is converted to be read. Minimum and maximum are then those of their buckets, as after any encoding.
 */
export class MicrosCounts {
  /** By index of the library's counts. */
  readonly counts = new Float64Array(LENGTH)

  /** As `record`, for whole `micros`, which V8 passes without an allocation. */
  record(micros: number, clamped: Clamped): void {
    if (micros >= 0 && micros <= HIGHEST_MICROS) this.counts[indexOf(micros)]! += 1
    else if (micros > HIGHEST_MICROS) {
      clamped.tooLong += 1
      this.counts[indexOf(HIGHEST_MICROS)]! += 1
    } else {
      clamped.negative += 1
      this.counts[0]! += 1
    }
  }

  toHistogram(): Histogram {
    const histogram = createHistogram()
    this.counts.forEach((count, index) => {
      if (count > 0) histogram.recordValueWithCount(lowestValueAt(index), count)
    })
    return histogram
  }
}

function indexOf(micros: number): number {
  const bucket = Math.max(0, 32 - EXACT_BITS - Math.clz32(micros))
  return bucket * HALF_BUCKET + (micros >>> bucket)
}

function lowestValueAt(index: number): number {
  const bucket = Math.max(0, Math.floor(index / HALF_BUCKET) - 1)
  return (index - bucket * HALF_BUCKET) * 2 ** bucket
}
