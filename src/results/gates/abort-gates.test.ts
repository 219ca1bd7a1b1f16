import { describe, expect, test } from 'vitest'
import { samplePlan } from '../testing/sample-plan.js'
import { at, sampleRecord } from '../testing/sample-record.js'
import type { Tick } from '../worker-records.js'
import { AbortGates, whyNotLive } from './abort-gates.js'
import { parseGate } from './gates.js'

/** Index into a histogram's counts below 2,048: the value itself, µs. */
const FAST = 1_000
const SLOW = 2_000

/** The second of 60 that fails the gate, and why. Latency is 2 ms in `slow` seconds, else 1 ms. Null if all pass. */
function aborted(gate: string, options: { afterMs?: number; slow?: readonly number[] } = {}) {
  const { afterMs = 0, slow = [] } = options
  const seconds = Array.from({ length: 65 }, (_, index) => index - 3)
  return abortedBy(
    gate,
    seconds.map((second) =>
      tick(second, { latency: Uint32Array.of(slow.includes(second) ? SLOW : FAST, 10) }),
    ),
    afterMs,
  )
}

function abortedBy(gate: string, ticks: readonly Tick[], afterMs = 0) {
  const plan = samplePlan({ abortGates: [{ gate, afterMs }] })
  let stops = 0
  const gates = new AbortGates(plan, () => {
    stops += 1
  })
  gates.onStart(at(0))
  for (const next of ticks) {
    gates.onTick(0, next)
    if (!gates.abort) continue
    expect(stops).toBe(1)
    // The tick that completes a second is of the next one.
    return { second: Math.floor((next.atMicros - at(0)) / 1e6) - 1, reason: gates.abort.reason }
  }
  expect(stops).toBe(0)
  return null
}

const sample = sampleRecord().ticks[0]![0]!

function tick(second: number, changes: Partial<Tick> = {}): Tick {
  return { ...sample, atMicros: at(second + 0.98), ...changes }
}

describe('a gate that may end a run', () => {
  test('lets the run go on while it passes', () => {
    expect(aborted('latency.max < 1500us over 5s')).toBeNull()
    expect(aborted('latency.p99 < 1500us')).toBeNull()
  })

  test('ends it with the first full window that fails', () => {
    expect(aborted('latency.max < 1500us over 5s', { slow: [7] })).toEqual({
      second: 7,
      reason: 'max 2.00 ms in 3 s–8 s, limit 1.50 ms',
    })
    expect(aborted('latency.max < 1500us over 5s', { slow: [1] })?.second).toBe(4)
  })

  test('without a window covers everything since the measure phase began', () => {
    expect(aborted('latency.p50 < 1500us', { slow: [5, 6, 7] })).toBeNull()
    expect(aborted('latency.p50 < 1500us', { slow: [0, 1, 2] })?.second).toBe(0)
  })

  test('is not judged before its time', () => {
    expect(aborted('latency.p50 < 1500us', { slow: [0, 1, 2], afterMs: 10_000 })).toBeNull()
    expect(aborted('latency.max < 1500us', { slow: [2], afterMs: 10_000 })?.second).toBe(9)
  })

  test('covers its phase only, and no window that reaches beyond it', () => {
    const gate = 'latency.max{phase=steady} < 1500us over 3s'
    expect(aborted(gate, { slow: [10, 20, 54] })).toBeNull()
    expect(aborted(gate, { slow: [55] })?.second).toBe(57)
    expect(aborted('latency.max{phase=node-kill#1} < 1500us', { slow: [5, 21] })?.second).toBe(21)
  })

  test('leaves out warm-up', () => {
    expect(aborted('latency.max < 1500us over 1s', { slow: [-2, -1] })).toBeNull()
  })

  test.each([
    ['latency.p99 < 1s', null],
    ['latency.p99{phase=steady} < 1s over 5s', null],
    ['published.sent > 5 over 1s', null],
    ['delivery.lost == 0', 'delivery.lost is known only at the end'],
    ['latency.p99{channel=goals} < 1s', 'latency.p99 by channel is known only at the end'],
    ['latency.service.p99 < 1s', 'latency.service.p99 is known only at the end'],
    ['balance.maxOverMean{at=end} < 2', 'balance.maxOverMean is known only at the end'],
  ])('%s: %s', (gate, why) => {
    expect(whyNotLive(parseGate(gate))).toBe(why)
  })
})

describe('a second', () => {
  const [early, first, second] = [{ sent: 1 }, { sent: 2 }, { sent: 4 }]

  test('is judged by all that was reported of it before any worker reports the next', () => {
    const ticks = [tick(0, early), tick(0, first), tick(1, second)]
    expect(abortedBy('published.sent != 3', ticks)).toEqual({
      second: 0,
      reason: 'sent 3 in 0 s–1 s, must not be 3',
    })
    expect(abortedBy('published.sent != 1', ticks)).toBeNull()
  })

  test('does not count what is reported of it later', () => {
    const ticks = [tick(0, early), tick(1, second), tick(0, first), tick(2)]
    expect(abortedBy('published.sent != 5', ticks)).toMatchObject({ second: 1 })
  })
})
