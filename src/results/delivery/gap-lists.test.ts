import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fills, GapLists, MOST_RANGES_OF_A_PAIR } from './gap-lists.js'

function missingOf(gaps: GapLists, pair: number): number[][] {
  const ranges: number[][] = []
  for (let gap = gaps.latestMissing(pair); gap >= 0; gap = gaps.earlierMissing(gap)) {
    ranges.push([gaps.low(gap), gaps.high(gap)])
  }
  return ranges
}

describe('GapLists', () => {
  it('splits and closes gaps as they are filled', () => {
    const gaps = new GapLists(2)
    gaps.open(1, 1, 3, 0)
    gaps.open(1, 5, 9, 0)
    expect(gaps.fill(1, 7, false)).toBe(fills.filled)
    expect(missingOf(gaps, 1)).toEqual([
      [8, 9],
      [5, 6],
      [1, 3],
    ])
    for (const sequence of [5, 6, 1, 3]) gaps.fill(1, sequence, false)
    expect(missingOf(gaps, 1)).toEqual([
      [8, 9],
      [2, 2],
    ])
    expect(gaps.fill(1, 6, false)).toBe(fills.notMissing)
    expect(missingOf(gaps, 0)).toEqual([])
  })

  it('remembers what was filled until told to forget', () => {
    const gaps = new GapLists(1)
    gaps.open(0, 1, 9, 0)
    expect(gaps.fill(0, 5, true)).toBe(fills.filled)
    expect(gaps.fill(0, 5, true)).toBe(fills.filledBefore)
    expect(gaps.fill(0, 4, true)).toBe(fills.filledAfterLater)
    gaps.forgetFilled(0)
    expect(gaps.fill(0, 5, true)).toBe(fills.notMissing)
    expect(missingOf(gaps, 0)).toEqual([
      [6, 9],
      [1, 3],
    ])
  })

  it('takes no more room for a gap that is replayed in order than for its two ends', () => {
    const gaps = new GapLists(1, 2)
    gaps.open(0, 1, 5_000, 0)
    for (let sequence = 1; sequence <= 5_000; sequence += 1) gaps.fill(0, sequence, true)
    expect(gaps.ambiguous).toBe(0)
    expect(missingOf(gaps, 0)).toEqual([])
    expect(gaps.fill(0, 2_500, true)).toBe(fills.filledBefore)
  })

  it('agrees with sets of sequences', () => {
    const acts = fc.array(fc.record({ sequence: fc.integer({ min: 1, max: 30 }), forgets: fc.boolean() }))
    fc.assert(
      fc.property(acts, (all) => {
        const gaps = new GapLists(1)
        gaps.open(0, 1, 12, 0)
        gaps.open(0, 14, 30, 0)
        const missing = new Set(
          Array.from({ length: 30 }, (_, index) => index + 1).filter((each) => each !== 13),
        )
        const filled = new Set<number>()
        for (const { sequence, forgets } of all) {
          if (forgets && sequence < 4) {
            gaps.forgetFilled(0)
            filled.clear()
          }
          const expected = missing.has(sequence) ? [1, 2] : filled.has(sequence) ? [3] : [0]
          expect(expected).toContain(gaps.fill(0, sequence, true))
          if (missing.delete(sequence)) filled.add(sequence)
        }
        for (let each = 1; each <= 30; each += 1) expect(gaps.isMissing(0, each)).toBe(missing.has(each))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the limits of GapLists', () => {
  it('counts the gaps a pair may not open as ambiguous', () => {
    const gaps = new GapLists(1)
    for (let gap = 0; gap < MOST_RANGES_OF_A_PAIR; gap += 1) gaps.open(0, gap * 5, gap * 5 + 2, 0)
    expect(gaps.ambiguous).toBe(0)
    gaps.open(0, 10_000, 10_006, 0)
    expect(gaps.ambiguous).toBe(7)
    expect(missingOf(gaps, 0)).toHaveLength(MOST_RANGES_OF_A_PAIR)
  })

  it('gives up the smaller side of a gap that may not be split', () => {
    const gaps = new GapLists(2, 2)
    gaps.open(0, 1, 10, 0)
    gaps.open(1, 1, 10, 0)
    gaps.fill(0, 3, false)
    gaps.fill(1, 8, false)
    expect([missingOf(gaps, 0), missingOf(gaps, 1)]).toEqual([[[4, 10]], [[1, 7]]])
    expect(gaps.ambiguous).toBe(2 + 2)
  })

  it('counts a fill that can not be remembered', () => {
    const gaps = new GapLists(1, 1)
    gaps.open(0, 1, 10, 0)
    gaps.fill(0, 1, true)
    expect(gaps.ambiguous).toBe(1)
  })

  it('uses the room of closed gaps again', () => {
    const gaps = new GapLists(1, 1)
    for (let gap = 0; gap < 100; gap += 1) {
      gaps.open(0, gap * 2, gap * 2, 0)
      gaps.fill(0, gap * 2, false)
    }
    expect(gaps.ambiguous).toBe(0)
  })

  it('grows past its first room', () => {
    const gaps = new GapLists(5_000)
    for (let pair = 0; pair < 5_000; pair += 1) gaps.open(pair, pair + 1, pair + 1, 0)
    expect([0, 1_023, 1_024, 4_999].every((pair) => gaps.isMissing(pair, pair + 1))).toBe(true)
    expect(gaps.ambiguous).toBe(0)
  })
})
