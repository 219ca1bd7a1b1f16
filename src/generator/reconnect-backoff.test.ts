import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { samplePlan } from '../results/testing/sample-plan.js'
import { backoffMs, ReconnectBackoff } from './reconnect-backoff.js'

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

let nowMs = 0
vi.mock('../base/clock.js', () => ({ nowMicros: () => nowMs * 1000 }))

it('starts anew only after a subscription that lasted 5 s, or the cap', () => {
  nowMs = 1_000
  const plan = samplePlan()
  const context = (capMs: number) => ({
    plan: { ...plan, clients: { ...plan.clients, reconnect: { baseMs: 100, capMs, resume: false } } },
    random: () => 0.5,
  })
  const delaysAfter = (lastingMs: number, capMs: number) => {
    const backoff = new ReconnectBackoff(1, context(capMs))
    return Array.from({ length: 4 }, () => {
      backoff.subscribed(0)
      nowMs += lastingMs
      return backoff.delayMs(0)
    })
  }
  expect(delaysAfter(4_900, 60_000)).toEqual([50, 100, 200, 400])
  expect(delaysAfter(5_100, 60_000)).toEqual([50, 50, 50, 50])
  expect(delaysAfter(500, 400)).toEqual([50, 50, 50, 50])
})
