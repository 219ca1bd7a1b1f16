import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backoffMs, dueStarts } from './pacer.js'

it('starts one at once, then at the rate, and never more than there are', () => {
  expect(dueStarts(1000, 0, 10)).toBe(1)
  expect(dueStarts(1000, 4_000, 10)).toBe(5)
  expect(dueStarts(1000, 60_000_000, 10)).toBe(10)
  expect(dueStarts(0.5, 1_999_999, 10)).toBe(1)
  expect(dueStarts(0.5, 2_000_000, 10)).toBe(2)
})

it('backs off within [0, min(cap, base · 2^attempt)), whatever the attempt', () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, draw) => {
        const delay = backoffMs({ baseMs: 500, capMs: 10_000 }, attempt, () => draw)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThan(10_000)
        if (attempt === 0) expect(delay).toBeLessThan(500)
      },
    ),
  )
  expect(backoffMs({ baseMs: 500, capMs: 10_000 }, 2, () => 0.5)).toBe(1000)
})
