import { expect, test } from 'vitest'
import { meanRatios, ratiosOf } from './balance.js'

test('an empty node counts towards the mean', () => {
  const { maxOverMean, minOverMean, coefficientOfVariation } = ratiosOf({ n1: 30, n2: 30, n3: 0 })
  expect(maxOverMean).toBe(1.5)
  expect(minOverMean).toBe(0)
  expect(coefficientOfVariation).toBeCloseTo(Math.SQRT1_2, 12)
})

test('an even pool has ratios 1, 1 and 0', () => {
  expect(ratiosOf({ n1: 7, n2: 7 })).toMatchObject({
    maxOverMean: 1,
    minOverMean: 1,
    coefficientOfVariation: 0,
  })
})

test.each([[{}], [{ n1: 0, n2: 0 }]])('a pool without connections has no ratios: %o', (perNode) => {
  expect(ratiosOf(perNode)).toEqual({
    maxOverMean: null,
    minOverMean: null,
    coefficientOfVariation: null,
  })
})

test('the mean over moments leaves out those without connections', () => {
  const moments = [
    { n1: 30, n2: 10 },
    { n1: 0, n2: 0 },
    { n1: 20, n2: 20 },
  ].map(ratiosOf)
  expect(meanRatios(moments)).toEqual({
    maxOverMean: 1.25,
    minOverMean: 0.75,
    coefficientOfVariation: 0.25,
  })
  expect(meanRatios([]).maxOverMean).toBeNull()
})
