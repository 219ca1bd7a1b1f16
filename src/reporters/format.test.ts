import { expect, test } from 'vitest'
import { formatBytes, formatCompact, formatSpan, formatTight, plural } from './format.js'

test.each([
  [0, '0 s'],
  [400, '0.4 s'],
  [45_000, '45 s'],
  [59_960, '1m'],
  [125_000, '2m 5s'],
  [-10_000, '−10 s'],
])('%i ms', (ms, text) => {
  expect(formatSpan(ms)).toBe(text)
})

test.each([
  [512, '512 B'],
  [1_240, '1.2 KB'],
  [212e6, '212 MB'],
  [999_600, '1.0 MB'],
  [16.4e9, '16 GB'],
])('%i bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [950, '950'],
  [3_960, '4.0k'],
  [200_400, '200k'],
  [999_700, '1.0M'],
])('%i, compact', (count, text) => {
  expect(formatCompact(count)).toBe(text)
})

test('tight counts are exact up to a million', () => {
  expect([999_999, 1_234_567].map(formatTight)).toEqual(['999,999', '1.23M'])
})

test('plurals', () => {
  expect([plural(1, 'node'), plural(4_000, 'node')]).toEqual(['1 node', '4,000 nodes'])
})
