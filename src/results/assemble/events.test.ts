import { expect, test } from 'vitest'
import { at, sampleRecord } from '../testing/sample-record.js'
import { assembleResult } from './assemble.js'

/** Time to rebalance after an event at 20 s, with n1's share of 100 connections as given, second by second. */
function rebalanced(
  sharesFrom20: readonly number[],
  events = [disconnectedAt(20)],
): number | null | undefined {
  const record = sampleRecord()
  const nodes = ['n1', 'n2'].map((id) => ({ id, joinedMicros: 0, leftMicros: null }))
  const [first] = record.ticks
  const ticks = first!.map((tick, index) => {
    const second = index - 15
    const n1 = second < 20 ? 50 : (sharesFrom20[second - 20] ?? sharesFrom20.at(-1)!)
    return { ...tick, connectedByNode: { n1, n2: 100 - n1 } }
  })
  return assembleResult({ ...record, nodes, ticks: [ticks], events }).events[0]?.recovery.rebalanceMs
}

function disconnectedAt(second: number) {
  return { ...sampleRecord().events[0]!, startedMicros: at(second), finishedMicros: at(second + 0.5) }
}

test('a pool that was never uneven is rebalanced at once', () => {
  expect(rebalanced([50])).toBe(0)
  expect(rebalanced([55])).toBe(0)
})

test('until the end of the first second from which on the pool stays balanced', () => {
  expect(rebalanced([50, 60, 58, 55])).toBe(4_000)
  expect(rebalanced([60, 50, 60, 52])).toBe(4_000)
})

test('a pool that is uneven at the end, or when the next event begins, was not rebalanced', () => {
  expect(rebalanced([60])).toBeNull()
  expect(rebalanced([60, 60, 50], [disconnectedAt(20), disconnectedAt(22)])).toBeNull()
  expect(rebalanced([60, 50, 80], [disconnectedAt(20), disconnectedAt(22)])).toBe(2_000)
})
