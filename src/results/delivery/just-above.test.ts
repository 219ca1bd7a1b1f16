import { describe, expect, it } from 'vitest'
import { justAbove } from './just-above.js'

describe('justAbove', () => {
  it.each([0, 1, 0.1, 4_294_967_295, 2 ** 52, 123_456_789.123])('is the next number after %d', (micros) => {
    const next = justAbove(micros)
    expect(next).toBeGreaterThan(micros)
    const between = micros + (next - micros) / 2
    expect(between === micros || between === next).toBe(true)
  })

  it('has nothing above infinity', () => {
    expect(justAbove(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  })
})
