import { describe, expect, test } from 'vitest'
import {
  binomialTail,
  incompleteBeta,
  normalQuantile,
  poissonTail,
  studentQuantile,
  studentTail,
} from './distributions.js'

describe('against printed tables and closed forms', () => {
  test.each([
    [2.776445, 4, 0.025],
    [2.306004, 8, 0.025],
    [1.859548, 8, 0.05],
    [12.706205, 1, 0.025],
    [4.604095, 4, 0.005],
  ])('t = %d with %i degrees of freedom is exceeded with probability %d', (t, degrees, tail) => {
    expect(studentTail(t, degrees)).toBeCloseTo(tail, 6)
    expect(studentTail(-t, degrees)).toBeCloseTo(1 - tail, 6)
    expect(studentQuantile(tail, degrees)).toBeCloseTo(t, 5)
    expect(studentQuantile(1 - tail, degrees)).toBeCloseTo(-t, 5)
  })

  test('with one degree of freedom it is Cauchy', () => {
    for (const t of [0.3, 1, 7]) expect(studentTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 12)
  })

  test('normal quantiles', () => {
    expect(normalQuantile(0.05)).toBeCloseTo(1.644854, 4)
    expect(normalQuantile(0.025)).toBeCloseTo(1.959964, 4)
  })

  test('binomial tails, by summing', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k)
    for (const [n, p] of [
      [10, 0.5],
      [7, 0.2],
      [40, 0.61],
    ] as const) {
      for (let k = 0; k <= n; k += 1) {
        let tail = 0
        for (let j = k; j <= n; j += 1) tail += choose(n, j) * p ** j * (1 - p) ** (n - j)
        expect(binomialTail(k, n, p)).toBeCloseTo(tail, 12)
      }
    }
  })

  test('Poisson tails', () => {
    expect(poissonTail(0, 2)).toBe(1)
    expect(poissonTail(1, 2)).toBeCloseTo(1 - Math.exp(-2), 12)
    expect(poissonTail(3, 1.8)).toBeCloseTo(1 - Math.exp(-1.8) * (1 + 1.8 + 1.8 ** 2 / 2), 12)
  })

  test('incomplete beta, where it has a closed form', () => {
    expect(incompleteBeta(0.3, 1, 5)).toBeCloseTo(1 - 0.7 ** 5, 12)
    expect(incompleteBeta(0.9, 4, 1)).toBeCloseTo(0.9 ** 4, 12)
    expect(incompleteBeta(0.5, 123.4, 123.4)).toBeCloseTo(0.5, 10)
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1])
  })
})

describe('against SciPy 1.17', () => {
  test.each([
    [4.47, 4, 0.005537339074961433],
    [1.2, 7.5, 0.13333446139661093],
    [9, 3, 0.0014479060809320734],
    [2.2, 198, 0.014481969548791088],
  ])('stats.t.sf(%d, %d)', (t, degrees, tail) => {
    expect(studentTail(t, degrees)).toBeCloseTo(tail, 12)
  })

  test.each([
    [0.05 / 9, 8, 3.2846072500313426],
    [0.05 / 9, 4, 4.465733389664643],
    [0.0005, 18, 3.9216458250851605],
  ])('stats.t.isf(%d, %i)', (tail, degrees, t) => {
    expect(studentQuantile(tail, degrees)).toBeCloseTo(t, 9)
  })

  test.each([
    [0.5, 3.7, 12.2, 0.987933799204474],
    [0.31, 250.5, 600.25, 0.8402737068919353],
    [0.02, 1, 400, 0.9996906641341943],
    [1e-6, 3, 1e6, 0.08030167298125858],
  ])('special.betainc of x = %d, a = %d, b = %d', (x, a, b, value) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(value, 9)
  })

  test.each([
    [3, 1.8, 0.2693789140605875],
    [12, 5.5, 0.010988141058626786],
    [40, 60, 0.9974518076963866],
  ])('stats.poisson: at least %i of a mean of %d', (count, mean, tail) => {
    expect(poissonTail(count, mean)).toBeCloseTo(tail, 12)
  })
})
