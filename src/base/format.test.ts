import { expect, test } from 'vitest'
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatMicros,
  formatRate,
  formatShare,
  plural,
} from './format.js'

test.each([
  [0, '0 s'],
  [0.25, '250 µs'],
  [0.9999, '1 ms'],
  [12.345, '12.3 ms'],
  [999.7, '1 s'],
  [1500, '1.5 s'],
  [59_960, '1m'],
  [90_000, '1m 30s'],
  [125_000, '2m 5s'],
  [3_600_000, '1h'],
  [11_100_000, '3h 5m'],
  [-2000, '−2 s'],
])('%d ms', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [812, '812 µs'],
  [1_200, '1.20 ms'],
  [312_000, '312 ms'],
  [2_310_000, '2.31 s'],
])('%i µs', (micros, text) => {
  expect(formatMicros(micros)).toBe(text)
})

test.each([
  [512, '512 B'],
  [4_096, '4.1 KB'],
  [212e6, '212 MB'],
  [999_700, '1 MB'],
  [16.44e9, '16.4 GB'],
  [128e9, '128 GB'],
])('%i bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('counts, rates, shares and plurals', () => {
  expect([7, 50_000].map((value) => formatCount(value))).toEqual(['7', '50,000'])
  expect([0.2, 1, 2000].map((value) => formatRate(value))).toEqual(['0.2/s', '1/s', '2,000/s'])
  expect(formatShare(0.000119)).toBe('0.0119 %')
  expect([plural(1, 'node'), plural(4_000, 'node')]).toEqual(['1 node', '4,000 nodes'])
})

test.each([
  [950, '950'],
  [3_960, '4.0k'],
  [200_400, '200k'],
  [999_700, '1.0M'],
])('%i, compact', (count, text) => {
  expect(formatCompact(count)).toBe(text)
})
