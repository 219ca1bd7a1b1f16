import { expect, test } from 'vitest'
import { nowMicros } from './clock.js'

function monotonicMicros(): number {
  return Number(process.hrtime.bigint()) / 1000
}

test('is CLOCK_MONOTONIC, to the microsecond', () => {
  for (let reading = 0; reading < 10_000; reading += 1) {
    const before = monotonicMicros()
    const now = nowMicros()
    const after = monotonicMicros()
    expect(now).toBeGreaterThan(before - 1)
    expect(now).toBeLessThan(after + 1)
  }
})
