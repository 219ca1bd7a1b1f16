import { expect, test } from 'vitest'
import { createHistogram } from '../../results/latency/histogram.js'
import { curveAt, ninesUpTo } from './percentile-curve.js'

const thousand = createHistogram()
for (let micros = 1; micros <= 1_000; micros += 1) thousand.recordValue(micros)

test('the axis rises from the least to the last of the samples', () => {
  const nines = ninesUpTo(1_000)
  expect([nines[0], nines.at(-1)]).toEqual([0, 3])
  expect(nines).toEqual(nines.toSorted((left, right) => left - right))
  expect(new Set(nines).size).toBe(nines.length)
  expect(ninesUpTo(0)).toEqual([0])
})

test('a place of n nines has the value that so many are below', () => {
  expect(curveAt(thousand, [0, Math.log10(2), 1, 2, 3])).toEqual([1, 500, 900, 990, 999])
})

test('past its last sample a histogram says nothing', () => {
  expect(curveAt(thousand, [3.01])).toEqual([null])
  expect(curveAt(createHistogram(), [0])).toEqual([null])
})
