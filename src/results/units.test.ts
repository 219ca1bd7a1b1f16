import { expect, test } from 'vitest'
import { formatQuantity, parseQuantity, type Unit } from './units.js'

test.each<[string, Unit, number]>([
  ['250us', 'micros', 250],
  ['250µs', 'micros', 250],
  ['1.1ms', 'micros', 1_100],
  ['3 s', 'micros', 3_000_000],
  ['2m', 'micros', 120_000_000],
  ['0', 'count', 0],
  ['50_000', 'count', 50_000],
  ['1.5k', 'count', 1_500],
  ['2M', 'count', 2_000_000],
  ['1.25', 'ratio', 1.25],
  ['7%', 'ratio', 0.07],
  ['2k/s', 'rate', 2_000],
  ['1h', 'micros', 3_600_000_000],
  ['30/m', 'rate', 0.5],
])('%s as %s', (text, unit, value) => {
  expect(parseQuantity(text, unit)).toBe(value)
})

test.each<[string, Unit]>([
  ['250', 'micros'],
  ['250 ms extra', 'micros'],
  ['-1ms', 'micros'],
  ['5ms', 'count'],
  ['1__0', 'count'],
  ['1e3', 'count'],
  ['500', 'rate'],
  ['8k', 'ratio'],
  ['', 'count'],
  ['1constructor', 'count'],
])('"%s" is no %s', (text, unit) => {
  expect(parseQuantity(text, unit)).toBeNull()
})

test('other units', () => {
  expect(formatQuantity(50_000, 'count')).toBe('50,000')
  expect(formatQuantity(1.2345, 'ratio')).toBe('1.23')
  expect(formatQuantity(2_500, 'rate')).toBe('2,500/s')
})
