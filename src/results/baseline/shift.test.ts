import { describe, expect, test } from 'vitest'
import { shiftOf } from './shift.js'

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
    expect(shiftOf([1], [3])).toEqual({ estimate: 2, interval: null })
  })

  test('is of no width where nothing varies', () => {
    expect(shiftOf([5, 5, 5], [7, 7, 7])).toMatchObject({ estimate: 2, interval: { low: 2, high: 2 } })
  })

  test('the estimate is not moved by one run that went wrong', () => {
    expect(shiftOf([10, 11, 12, 13, 14], [10, 11, 12, 13, 900]).estimate).toBeLessThan(3)
  })
})
