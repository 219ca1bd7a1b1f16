import { describe, expect, test } from 'vitest'
import { chanceFromZero, clopperPearson, poissonBound, rateChangeOf } from './rates.js'

const runs = (counts: readonly number[], exposure = 1_000) => counts.map((count) => ({ count, exposure }))

describe("Clopper and Pearson's interval", () => {
  test.each([
    [0, 10, 0, 0.308497],
    [1, 10, 0.002529, 0.445016],
    [5, 10, 0.187086, 0.812914],
    [10, 10, 0.691503, 1],
    [7, 50, 0.058192, 0.267396],
    [480, 1_000, 0.448633, 0.511485],
  ])('of %i in %i is %d … %d at 95 %%', (count, trials, low, high) => {
    const interval = clopperPearson(count, trials, 0.025)
    expect(interval.low).toBeCloseTo(low, 5)
    expect(interval.high).toBeCloseTo(high, 5)
    expect(interval.confidence).toBe(0.95)
  })

  test('of nothing in n ends at 1 − 0.05^(1/n)', () => {
    for (const n of [1, 20, 3_000]) {
      expect(clopperPearson(0, n, 0.05).high).toBeCloseTo(1 - 0.05 ** (1 / n), 9)
    }
  })
})

test('bounds of a Poisson mean', () => {
  // χ² quantiles: qchisq(0.95, 2 (count + 1)) / 2.
  expect(poissonBound(0, 0.05)).toBeCloseTo(2.995732, 4)
  expect(poissonBound(1, 0.05)).toBeCloseTo(4.743865, 4)
  expect(poissonBound(10, 0.05)).toBeCloseTo(16.96222, 3)
  expect(poissonBound(250, 0.05)).toBeCloseTo(277.6154, 2)
})

describe('from zero', () => {
  test('as many on each side: 3 in all, as in no rate more often than 4.45 %', () => {
    expect(chanceFromZero(1, 0.5)).toBeCloseTo(0.25, 9)
    expect(chanceFromZero(2, 0.5)).toBeCloseTo(0.1018, 3)
    expect(chanceFromZero(3, 0.5)).toBeCloseTo(0.0445, 3)
    expect(chanceFromZero(4, 0.5)).toBeLessThan(0.025)
    expect(chanceFromZero(5_000, 0.5)).toBe(0)
  })

  test('by trying every rate', () => {
    for (const [count, share] of [
      [3, 0.5],
      [2, 0.2],
      [5, 0.8],
    ] as const) {
      let most = 0
      for (let mean = 0.01; mean < 60; mean += 0.01) {
        const below = Array.from({ length: count }, (_, k) => poisson(k, mean * share))
        most = Math.max(most, poisson(0, mean * (1 - share)) * (1 - below.reduce((a, b) => a + b, 0)))
      }
      expect(chanceFromZero(count, share)).toBeCloseTo(most, 5)
    }
  })

  function poisson(count: number, mean: number): number {
    return count === 0 ? Math.exp(-mean) : (poisson(count - 1, mean) * mean) / count
  }
})

describe('how rates compare', () => {
  test('counts that vary no more than chance are judged by their sums', () => {
    const { ratio, interval, dispersion } = rateChangeOf(
      runs([10, 9, 11, 10, 10]),
      runs([20, 21, 19, 20, 20]),
      0.05,
    )
    expect([ratio, dispersion]).toEqual([2, 1])
    // 100 of 150, each count divided by (t/z)² = 1.278.
    const share = clopperPearson(100 / 1.278, 150 / 1.278, 0.05)
    expect(interval!.low).toBeCloseTo(share.low / (1 - share.low), 2)
    expect(interval!.high).toBeCloseTo(share.high / (1 - share.high), 2)
    expect(interval!.confidence).toBe(0.9)
  })

  test('counts that vary more make it wider', () => {
    const steady = rateChangeOf(runs([10, 9, 11]), runs([20, 21, 19]), 0.05)
    const varied = rateChangeOf(runs([0, 25, 5]), runs([45, 3, 12]), 0.05)
    expect(varied.ratio).toBe(steady.ratio)
    // Pearson's χ²: 350 / 10 and 978 / 20, over 4 degrees of freedom.
    expect(varied.dispersion).toBeCloseTo((350 / 10 + 978 / 20) / 4, 9)
    expect(varied.interval!.low).toBeLessThan(0.5)
    expect(varied.interval!.low).toBeLessThan(steady.interval!.low)
  })

  test('rates, not counts', () => {
    const { ratio, interval } = rateChangeOf(runs([50, 50, 50]), runs([100, 100, 100], 2_000), 0.05)
    expect(ratio).toBe(1)
    expect(interval!.low).toBeLessThan(1)
    expect(interval!.high).toBeGreaterThan(1)
  })

  test('nothing on one side, on both, and too few runs', () => {
    expect(rateChangeOf(runs([0, 0, 0]), runs([9, 9, 9]), 0.05).interval!.high).toBe(Number.POSITIVE_INFINITY)
    expect(rateChangeOf(runs([9, 9, 9]), runs([0, 0, 0]), 0.05).interval).toMatchObject({ low: 0 })
    expect(rateChangeOf(runs([0, 0, 0]), runs([0, 0, 0]), 0.05).ratio).toBeNaN()
    expect(rateChangeOf(runs([9, 9]), runs([9, 9, 9]), 0.05)).toMatchObject({
      interval: null,
      dispersion: null,
    })
  })
})
