import { describe, expect, test } from 'vitest'
import { samplePlan } from '../testing/sample-plan.js'
import { at, sampleRecord } from '../testing/sample-record.js'
import type { Tick } from '../worker-records.js'
import { AbortWatch, whyNotLive } from './abort-watch.js'
import { CompleteSeconds } from './complete-seconds.js'
import { parseGate } from './gates.js'

const { spans } = samplePlan().phases
/** Index into a histogram's counts below 2,048: the value itself, µs. */
const FAST = 1_000
const SLOW = 2_000

/** What a watch says of each second of 60, `slow` ones having 2 ms and the rest 1 ms; null for those it lets go on. */
function watched(gate: string, options: { afterMs?: number; slow?: readonly number[] } = {}) {
  const { afterMs = 0, slow = [] } = options
  const watch = new AbortWatch([{ gate, afterMs }], spans)
  const seconds = new CompleteSeconds(at(0))
  for (let second = -3; second <= 61; second += 1) {
    const latency = Uint32Array.of(slow.includes(second) ? SLOW : FAST, 10)
    for (const row of seconds.take(tick(second, { latency }))) {
      const abort = watch.look(row)
      if (abort) return { second: row.tMs / 1000, reason: abort.reason }
    }
  }
  return null
}

const sample = sampleRecord().ticks[0]![0]!

function tick(second: number, changes: Partial<Tick> = {}): Tick {
  return { ...sample, atMicros: at(second + 0.98), ...changes }
}

describe('a gate that may end a run', () => {
  test('lets it go on while it holds', () => {
    expect(watched('latency.max < 1500us over 5s')).toBeNull()
    expect(watched('latency.p99 < 1500us')).toBeNull()
  })

  test('ends it with the first full window that misses it', () => {
    expect(watched('latency.max < 1500us over 5s', { slow: [7] })).toEqual({
      second: 7,
      reason: 'max 2.00 ms in 3 s–8 s, limit 1.50 ms',
    })
    expect(watched('latency.max < 1500us over 5s', { slow: [1] })?.second).toBe(4)
  })

  test('without a window it is about all since the measure phase began', () => {
    expect(watched('latency.p50 < 1500us', { slow: [5, 6, 7] })).toBeNull()
    expect(watched('latency.p50 < 1500us', { slow: [0, 1, 2] })?.second).toBe(0)
  })

  test('does not look before its time', () => {
    expect(watched('latency.p50 < 1500us', { slow: [0, 1, 2], afterMs: 10_000 })).toBeNull()
    expect(watched('latency.max < 1500us', { slow: [2], afterMs: 10_000 })?.second).toBe(9)
  })

  test('looks at its phase only, and at no window that reaches out of it', () => {
    const gate = 'latency.max{phase=steady} < 1500us over 3s'
    expect(watched(gate, { slow: [10, 20, 54] })).toBeNull()
    expect(watched(gate, { slow: [55] })?.second).toBe(57)
    expect(watched('latency.max{phase=node-kill#1} < 1500us', { slow: [5, 21] })?.second).toBe(21)
  })

  test('passes over warm-up', () => {
    expect(watched('latency.max < 1500us over 1s', { slow: [-2, -1] })).toBeNull()
  })

  test.each([
    ['latency.p99 < 1s', null],
    ['latency.p99{phase=steady} < 1s over 5s', null],
    ['published.sent > 5 over 1s', null],
    ['delivery.lost == 0', 'delivery.lost is known only at the end'],
    ['latency.service.p99 < 1s', 'latency.service.p99 is known only at the end'],
    ['balance.maxOverMean{at=end} < 2', 'balance.maxOverMean is known only at the end'],
  ])('%s: %s', (gate, why) => {
    expect(whyNotLive(parseGate(gate))).toBe(why)
  })
})

describe('complete seconds', () => {
  test('a second waits for all that is told of it before any worker tells of the next', () => {
    const seconds = new CompleteSeconds(at(0))
    expect(seconds.take(tick(0, { sent: 1 }))).toEqual([])
    expect(seconds.take(tick(0, { sent: 2 }))).toEqual([])
    expect(seconds.take(tick(1, { sent: 4 })).map(({ tMs, sent }) => [tMs, sent])).toEqual([[0, 3]])
    // Too late, and so left out.
    expect(seconds.take(tick(0))).toEqual([])
    expect(seconds.take(tick(2, { sent: 5 })).map(({ tMs, sent }) => [tMs, sent])).toEqual([[1000, 4]])
  })
})
