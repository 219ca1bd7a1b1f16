import { expect, test } from 'vitest'
import { histogram } from '../testing/sample-record.js'
import { createHistogram, decodeHistogram, HIGHEST_MICROS } from './histogram.js'
import { mergeEncoded, sparsePercentiles, summarize, valueAtRank } from './summary.js'

test('figures of 1 … 1000 µs are exact', () => {
  const all = createHistogram()
  for (let micros = 1; micros <= 1000; micros += 1) all.recordValue(micros)
  const { histogram: base64, ...figures } = summarize(all)
  expect(figures).toEqual({
    count: 1000,
    min: 1,
    mean: 501,
    p50: 500,
    p90: 900,
    p95: 950,
    p99: 990,
    p999: 999,
    max: 1000,
  })
  expect(decodeHistogram(base64).totalCount).toBe(1000)
})

test('nothing recorded is all zeros', () => {
  const { histogram: _, ...figures } = summarize(createHistogram())
  expect(Object.values(figures)).toEqual(Array(9).fill(0))
})

test('no figure exceeds what can be recorded', () => {
  const { p999, max } = summarize(mergeEncoded([histogram([[HIGHEST_MICROS, 3]])]))
  expect([p999, max]).toEqual([HIGHEST_MICROS, HIGHEST_MICROS])
})

test('percentiles are of the merged counts, not merged percentiles', () => {
  const merged = mergeEncoded([histogram([[100, 99]]), histogram([[2_000, 1]])])
  expect(summarize(merged)).toMatchObject({ count: 100, p50: 100, p99: 100, p999: 2_000 })
})

test('a rank is a value, or nothing where fewer were recorded', () => {
  const merged = mergeEncoded([
    histogram([
      [100, 2],
      [200, 1],
    ]),
  ])
  expect([0, 1, 2, 3, 4].map((rank) => valueAtRank(merged, rank))).toEqual([null, 100, 100, 200, null])
})

test('sparse counts of several workers add up', () => {
  // Below 2,048 µs an index is its value.
  expect(sparsePercentiles([Uint32Array.of(100, 50), Uint32Array.of(100, 49, 900, 1)])).toEqual({
    p50: 100,
    p99: 100,
  })
  expect(sparsePercentiles([Uint32Array.of(900, 3), Uint32Array.of(100, 1)])).toEqual({ p50: 900, p99: 900 })
  expect(sparsePercentiles([new Uint32Array(0)])).toBeNull()
})

test('a sparse index above 2,048 µs is the value that index stands for', () => {
  const source = createHistogram() as unknown as { countsArrayIndex(value: number): number }
  const index = source.countsArrayIndex(50_000)
  const { p50 } = sparsePercentiles([Uint32Array.of(index, 1)])!
  expect(p50).toBeGreaterThanOrEqual(50_000)
  expect(p50).toBeLessThan(50_050)
})
