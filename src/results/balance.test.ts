import { expect, test } from 'vitest'
import { balanceOf } from './balance.js'

test('an empty node counts towards the mean', () => {
  const { maxOverMean, minOverMean, coefficientOfVariation } = balanceOf({ n1: 30, n2: 30, n3: 0 })
  expect(maxOverMean).toBe(1.5)
  expect(minOverMean).toBe(0)
  expect(coefficientOfVariation).toBeCloseTo(Math.SQRT1_2, 12)
})

test('evenly spread is 1, 1 and 0', () => {
  expect(balanceOf({ n1: 7, n2: 7 })).toMatchObject({
    maxOverMean: 1,
    minOverMean: 1,
    coefficientOfVariation: 0,
  })
})

test.each([[{}], [{ n1: 0, n2: 0 }]])('nobody connected has no ratios: %o', (perNode) => {
  expect(balanceOf(perNode)).toEqual({
    perNode,
    maxOverMean: null,
    minOverMean: null,
    coefficientOfVariation: null,
  })
})
