import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HIGHEST_SEQUENCE } from './copy.js'
import { fills } from './fills.js'
import { GapLists, gapLimits } from './gap-lists.js'

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
    const gaps = new GapLists(1, { rangesOfPair: 2, ranges: 2, bitmapBytes: 0 })
    gaps.open(0, 1, 5_000, 0)
    for (let sequence = 1; sequence <= 5_000; sequence += 1) gaps.fill(0, sequence, true)
    expect(missingOf(gaps, 0)).toEqual([])
    expect(gaps.fill(0, 2_500, true)).toBe(fills.filledBefore)
  })

  it('uses the room of closed gaps again', () => {
    const gaps = new GapLists(1, { rangesOfPair: 1, ranges: 1, bitmapBytes: 0 })
    for (let gap = 0; gap < 100; gap += 1) {
      expect(gaps.open(0, gap * 2, gap * 2, 0)).toBe(true)
      gaps.fill(0, gap * 2, false)
    }
  })

  it('grows past its first room', () => {
    const gaps = new GapLists(5_000)
    for (let pair = 0; pair < 5_000; pair += 1) gaps.open(pair, pair + 1, pair + 1, 0)
    expect([0, 1_023, 1_024, 4_999].every((pair) => gaps.isMissing(pair, pair + 1))).toBe(true)
  })

  it('keeps every gap of a pair that has more than a list may hold', () => {
    const gaps = new GapLists(1)
    const opened = 3 * gapLimits.rangesOfPair
    for (let gap = 0; gap < opened; gap += 1) gaps.open(0, gap * 100 + 1, gap * 100 + 40, gap)
    expect(missingOf(gaps, 0)).toEqual(
      Array.from({ length: opened }, (_, gap) => [gap * 100 + 1, gap * 100 + 40]).reverse(),
    )
  })
})

const acts = fc.array(
  fc.record({
    act: fc.constantFrom('open', 'open', 'fill', 'fill', 'fill', 'forget'),
    /** Before a gap opens, and how long it is. */
    received: fc.integer({ min: 1, max: 40 }),
    missing: fc.integer({ min: 1, max: 70 }),
    /** How far back to fill from, and how many. */
    back: fc.nat(150),
    length: fc.nat(20),
    remembers: fc.boolean(),
  }),
  { size: 'max', maxLength: 60 },
)

type Act = (typeof acts extends fc.Arbitrary<infer Value> ? Value : never)[number]

/** Test support: sets of sequences, searched. */
class NaiveGaps {
  readonly missing = new Map<number, number>()
  readonly filled = new Set<number>()

  open(low: number, high: number, openedMicros: number): void {
    for (let each = low; each <= high; each += 1) this.missing.set(each, openedMicros)
  }

  fill(sequence: number, remembers: boolean): number {
    if (this.filled.has(sequence)) return fills.filledBefore
    if (!this.missing.delete(sequence)) return fills.notMissing
    const isAfterLater = [...this.filled].some((each) => each > sequence)
    if (remembers) this.filled.add(sequence)
    return isAfterLater ? fills.filledAfterLater : fills.filled
  }

  /** As rows of low, high, time of opening, latest first. */
  ranges(): number[][] {
    const rows: number[][] = []
    for (const [sequence, opened] of [...this.missing].sort(([left], [right]) => left - right)) {
      const last = rows.at(-1)
      if (last?.[1] === sequence - 1) last[1] = sequence
      else rows.push([sequence, sequence, opened])
    }
    return rows.reverse()
  }
}

describe('GapLists, against sets of sequences', () => {
  it.each([1, 2, 5, 1024])('tells the same with lists of at most %i ranges', (rangesOfPair) => {
    const isSame = fc.property(fc.integer({ min: 1, max: 100 }), acts, (start, all) =>
      checkSame(new GapLists(2, { ...gapLimits, rangesOfPair }), start, all),
    )
    fc.assert(isSame, { numRuns: 300 })
  })
})

/** The second pair does what is asked of it; the first nothing. */
function checkSame(gaps: GapLists, start: number, all: readonly Act[]): void {
  const naive = new NaiveGaps()
  let next = start
  for (const [time, each] of all.entries()) {
    if (each.act === 'open') {
      const low = next + each.received
      next = low + each.missing
      expect(gaps.open(1, low, next - 1, time)).toBe(true)
      naive.open(low, next - 1, time)
    } else if (each.act === 'fill') {
      const from = Math.max(1, next - each.back)
      const sequences = upTo(next).filter((sequence) => sequence >= from && sequence < from + each.length)
      expect(sequences.map((sequence) => gaps.fill(1, sequence, each.remembers))).toEqual(
        sequences.map((sequence) => naive.fill(sequence, each.remembers)),
      )
    } else {
      gaps.forgetFilled(1)
      naive.filled.clear()
    }
  }
  const ranges: number[][] = []
  for (let gap = gaps.latestMissing(1); gap >= 0; gap = gaps.earlierMissing(gap)) {
    expect(gaps.isAmbiguous(gap)).toBe(false)
    ranges.push([gaps.low(gap), gaps.high(gap), gaps.openedMicros(gap)])
  }
  expect(ranges).toEqual(naive.ranges())
  const isMissing = upTo(next).filter((sequence) => gaps.isMissing(1, sequence))
  expect(isMissing).toEqual([...naive.missing.keys()].sort((left, right) => left - right))
  expect(gaps.latestMissing(0)).toBe(-1)
}

/** [1, end) */
function upTo(end: number): number[] {
  return Array.from({ length: end - 1 }, (_, index) => index + 1)
}

describe('GapLists without memory', () => {
  const none = { rangesOfPair: 1, ranges: 1, bitmapBytes: 0 }

  it('makes all that follows a gap it can not keep ambiguous', () => {
    const gaps = new GapLists(2, none)
    expect(gaps.open(0, 1, 3, 0)).toBe(true)
    expect(gaps.open(0, 8, 9, 0)).toBe(false)
    expect(gaps.open(1, 5, 6, 0)).toBe(false)
    expect(missingOf(gaps, 0)).toEqual([
      [8, HIGHEST_SEQUENCE],
      [1, 3],
    ])
    expect(gaps.isAmbiguous(gaps.latestMissing(0))).toBe(true)
    expect([2, 5, 8, 20].map((sequence) => gaps.fill(0, sequence, false))).toEqual([
      fills.ambiguous,
      fills.notMissing,
      fills.ambiguous,
      fills.ambiguous,
    ])
    expect(missingOf(gaps, 1)).toEqual([[5, HIGHEST_SEQUENCE]])
  })

  it('makes a gap it can not split ambiguous', () => {
    const gaps = new GapLists(1, none)
    gaps.open(0, 1, 10, 0)
    expect(gaps.fill(0, 1, false)).toBe(fills.filled)
    expect(gaps.isAmbiguous(gaps.latestMissing(0))).toBe(false)
    expect(gaps.fill(0, 5, false)).toBe(fills.ambiguous)
    expect(missingOf(gaps, 0)).toEqual([[2, 10]])
    expect(gaps.isAmbiguous(gaps.latestMissing(0))).toBe(true)
  })

  it('does not fill what it could not remember', () => {
    const gaps = new GapLists(1, none)
    gaps.open(0, 1, 10, 0)
    expect(gaps.fill(0, 1, true)).toBe(fills.ambiguous)
  })

  it('keeps what a bitmap has when that can not grow', () => {
    const gaps = new GapLists(1, { rangesOfPair: 1, ranges: 1, bitmapBytes: 1_200 })
    let kept = 0
    while (gaps.open(0, kept * 10 + 1, kept * 10 + 5, 0)) kept += 1
    expect(kept).toBeGreaterThan(5)
    expect(gaps.fill(0, 3, false)).toBe(fills.filled)
    expect(gaps.fill(0, kept * 10 + 1, false)).toBe(fills.ambiguous)
    const [last, before] = missingOf(gaps, 0)
    expect(last).toEqual([kept * 10 + 1, HIGHEST_SEQUENCE])
    expect(before).toEqual([kept * 10 - 9, kept * 10 - 5])
    expect(missingOf(gaps, 0)).toHaveLength(kept + 2)
  })
})
