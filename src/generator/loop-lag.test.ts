import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { nowMicros } from '../base/clock.js'
import { LoopLag } from './loop-lag.js'

let lag: LoopLag
afterEach(() => lag.stop())

/** Blocks the event loop; returns for how long, µs. */
function block(ms: number): number {
  const startMicros = nowMicros()
  while (nowMicros() < startMicros + ms * 1000);
  return nowMicros() - startMicros
}

test('a stall counts by its duration, not as one late timer among many', async () => {
  lag = new LoopLag()
  lag.watchFrom(nowMicros())
  await sleep(1_000)
  const stalledMicros = block(500)
  await sleep(50)
  expect(lag.longestMicros).toBeGreaterThan(stalledMicros - 25_000)
  // The stall is a third of the time, so p99 is nearly all of it, although only one of about 50 timers was late.
  expect(lag.whole.getValueAtPercentile(99)).toBeGreaterThan(0.85 * stalledMicros)
  expect(lag.takeP99Micros()).toBeGreaterThan(0.85 * stalledMicros)
})

test('a stall is what the highest percentiles are made of, and nothing below', async () => {
  lag = new LoopLag()
  lag.watchFrom(nowMicros())
  await sleep(1_500)
  const stalledMicros = block(95)
  await sleep(50)
  expect(lag.whole.getValueAtPercentile(99.9)).toBeGreaterThan(stalledMicros - 25_000)
  expect(lag.whole.getValueAtPercentile(50)).toBeLessThan(stalledMicros / 5)
})

test('only the time watched counts; a stall that began before counts from its start on', async () => {
  lag = new LoopLag()
  block(200)
  await sleep(50)
  const endMicros = nowMicros() + 300_000
  lag.watchFrom(endMicros - 100_000)
  block(300)
  await sleep(50)
  expect(lag.longestMicros).toBeGreaterThan(90_000)
  expect(lag.longestMicros).toBeLessThan(200_000)
  const { longestMicros } = lag
  lag.unwatch()
  block(400)
  await sleep(50)
  expect(lag.longestMicros).toBe(longestMicros)
})
