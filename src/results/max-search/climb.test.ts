import { describe, expect, it } from 'vitest'
import { nextLevel, type Tried } from './climb.js'
import { concludeSearch, exitOfSearch, type LimitingFactor, type SearchLevel } from './max-search.js'

/** The levels that are tried if all up to `limit` pass. */
function climb(from: number, to: number, limit: number, round = Math.round): number[] {
  const tried: Tried[] = []
  for (let value = nextLevel({ from, to }, tried, round); value !== null; ) {
    tried.push({ value, passed: value <= limit })
    value = nextLevel({ from, to }, tried, round)
  }
  return tried.map(({ value }) => value)
}

describe('the levels', () => {
  it('double up to the end of the ramp as long as they pass', () => {
    expect(climb(1_000, 5_000, 1e9)).toEqual([1_000, 2_000, 4_000, 5_000])
  })

  it('end at once if the lowest fails', () => {
    expect(climb(1_000, 5_000, 10)).toEqual([1_000])
  })

  it('close in on the highest that passes, to a tenth', () => {
    const levels = climb(1_000, 64_000, 11_000)
    const passing = Math.max(...levels.filter((value) => value <= 11_000))
    const failing = Math.min(...levels.filter((value) => value > 11_000))
    expect(failing / passing).toBeLessThanOrEqual(1.1)
    expect(levels.length).toBeLessThan(10)
  })

  it('end when no whole number is between the ends of the bracket', () => {
    expect(climb(1, 8, 2)).toEqual([1, 2, 4, 3])
  })

  it.each([0.3, 1.7, 4.9])('end for rates too (%d)', (limit) => {
    const levels = climb(0.2, 5, limit, (value) => Number(value.toPrecision(3)))
    expect(new Set(levels).size).toBe(levels.length)
  })
})

const level = (
  value: number,
  outcome: SearchLevel['outcome'],
  reasons: string[] = [],
  attributedTo: SearchLevel['attributedTo'] = [],
): SearchLevel => ({
  text: `${value}`,
  value,
  outcome,
  reasons,
  attributedTo,
  result: null,
})

describe('the conclusion', () => {
  it('is the highest level below the first that failed, and what limited that', () => {
    const levels = [
      level(1, 'pass'),
      level(2, 'pass'),
      level(4, 'invalid', ['loop lag']),
      level(3, 'fail', ['p99']),
    ]
    expect(concludeSearch(levels)).toEqual({
      highestPassing: { text: '2', value: 2 },
      limitedBy: { by: 'gate', text: '3', value: 3, reasons: ['p99'] },
    })
  })

  it.each<[SearchLevel['outcome'], SearchLevel['attributedTo'], LimitingFactor['by']]>([
    ['fail', [], 'gate'],
    ['setup', [], 'machine'],
    ['invalid', ['generator'], 'generator'],
    ['invalid', ['cluster', 'generator'], 'cluster'],
    ['invalid', ['machine', 'cluster'], 'machine'],
    ['invalid', ['run'], 'run'],
  ])('a level that was %s, attributed to %j, was limited by the %s', (outcome, attributedTo, by) => {
    const { limitedBy } = concludeSearch([level(1, 'pass'), level(2, outcome, [], attributedTo)])
    expect(limitedBy?.by).toBe(by)
  })

  it('ignores levels above one that failed', () => {
    expect(concludeSearch([level(1, 'pass'), level(2, 'fail'), level(4, 'pass')]).highestPassing).toEqual({
      text: '1',
      value: 1,
    })
  })

  it.each<[SearchLevel[], string]>([
    [[level(1, 'pass'), level(2, 'fail')], 'pass'],
    [[level(1, 'fail')], 'gate'],
    [[level(1, 'invalid')], 'invalid'],
    [[level(1, 'setup')], 'setup'],
    [[level(1, 'pass'), level(2, 'interrupted')], 'interrupted'],
  ])('%# exits %s', (levels, exit) => {
    expect(exitOfSearch({ levels, ...concludeSearch(levels) })).toBe(exit)
  })
})
