import { describe, expect, test } from 'vitest'
import { directionOf, errorsToShow, gapTo, repeatsToShow, shiftOf } from './shift.js'

/** Every way to deal ranks 1 … n to two samples: what the interval's confidence is by its definition. */
function coverageByEnumeration(left: number, right: number, cut: number): number {
  const total = left + right
  let within = 0
  let all = 0
  for (let dealt = 0; dealt < 2 ** total; dealt += 1) {
    const to = Array.from({ length: total }, (_, rank) => rank).filter((rank) => dealt & (1 << rank))
    if (to.length !== right) continue
    const from = Array.from({ length: total }, (_, rank) => rank).filter((rank) => !(dealt & (1 << rank)))
    const differences = to.flatMap((after) => from.map((before) => after - before)).sort((a, b) => a - b)
    all += 1
    if (differences[cut]! <= 0 && differences.at(-1 - cut)! >= 0) within += 1
  }
  return within / all
}

describe('the interval', () => {
  test.each([
    [3, 3, 0, 0.9],
    [4, 4, 0, 0.971],
    [5, 5, 2, 0.968],
    [3, 5, 0, 0.964],
    [6, 5, 3, 0.97],
  ])('of %i against %i leaves out %i differences at each end', (left, right, cut, confidence) => {
    const from = Array.from({ length: left }, (_, index) => index * 17)
    const to = Array.from({ length: right }, (_, index) => 1_000 + index ** 2)
    const differences = to.flatMap((after) => from.map((before) => after - before)).sort((a, b) => a - b)
    const { interval } = shiftOf(from, to)
    expect(interval).toMatchObject({ low: differences[cut], high: differences.at(-1 - cut) })
    expect(interval!.confidence).toBeCloseTo(confidence, 2)
    expect(interval!.confidence).toBeCloseTo(coverageByEnumeration(left, right, cut), 12)
  })

  test('needs three values on each side', () => {
    expect(shiftOf([1, 2], [3, 4, 5, 6]).interval).toBeNull()
    expect(shiftOf([1], [3])).toEqual({ estimate: 2, interval: null, spread: null, chanceAbove: 0.5 })
  })

  test('is of no width where nothing varies', () => {
    expect(shiftOf([5, 5, 5], [7, 7, 7])).toMatchObject({ estimate: 2, interval: { low: 2, high: 2 } })
  })

  test('the estimate is not moved by one run that went wrong', () => {
    expect(shiftOf([10, 11, 12, 13, 14], [10, 11, 12, 13, 900]).estimate).toBeLessThan(3)
  })
})

describe('the t test', () => {
  test('is that of Student, pooled', () => {
    const shift = shiftOf([10, 11, 12], [12, 14, 16])
    expect(shift.spread).toBeCloseTo(Math.sqrt(2.5), 12)
    // t = 3 / (√2.5 × √(2/3)); with 4 degrees of freedom its tail has a closed form.
    const t = 3 / Math.sqrt(5 / 3)
    const x = t / Math.sqrt(1 + t ** 2 / 4)
    expect(shift.chanceAbove).toBeCloseTo(0.5 - (3 / 8) * x * (1 - x ** 2 / 12), 12)
  })

  test("agrees with SciPy's ttest_ind", () => {
    const { chanceAbove } = shiftOf([10, 10.3, 9.8, 10.1, 10.2], [10.4, 11, 10.2, 10.9, 10.6])
    expect(chanceAbove).toBeCloseTo(0.007027402590874111, 9)
  })

  test.each([
    [[1, 2, 3], [7, 8, 9], 0.05, 1],
    [[7, 8, 9], [1, 2, 3], 0.05, -1],
    // More than chance for the interval of 90 %, but not at a level that 20 metrics share.
    [[1, 2, 3], [3.5, 5, 6.5], 0.05, 1],
    [[1, 2, 3], [3.5, 5, 6.5], 0.0025, 0],
    [[1, 2, 3], [2, 3, 4], 0.05, 0],
    [[1, 1, 1], [1, 1, 1], 0.05, 0],
    [[1, 1, 1], [2, 2, 2], 0.001, 1],
    [[1, 2], [7, 8], 0.05, 0],
  ])('%j → %j at %d: %i', (from, to, level, direction) => {
    expect(directionOf(shiftOf(from, to), level)).toBe(direction)
  })
})

test('how many repeats show a change: those at which it is as many standard errors as it takes', () => {
  const repeats = repeatsToShow(0.1, { variance: 2 * 0.05 ** 2, level: 0.025 })!
  const errors = (runs: number) => (0.1 / 0.05) * Math.sqrt(runs / 2)
  expect(errors(repeats)).toBeGreaterThanOrEqual(errorsToShow(0.025, 2 * repeats - 2))
  expect(errors(repeats - 1)).toBeLessThan(errorsToShow(0.025, 2 * repeats - 4))
  expect(repeats).toBe(6)
  expect(repeatsToShow(0.001, { variance: 1, level: 0.025 })).toBeNull()
})

test('what repeats have to resolve: from the estimate to the limit, or all of it past that', () => {
  expect([-5, 0, 3, 8, 12, 40].map((estimate) => gapTo(10, estimate))).toEqual([10, 10, 7, 5, 10, 10])
})
