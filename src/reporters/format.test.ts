import { expect, test } from 'vitest'
import { formatCompact, formatTight } from './format.js'

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
