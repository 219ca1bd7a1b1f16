import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backoffMs } from './reconnect-backoff.js'

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
