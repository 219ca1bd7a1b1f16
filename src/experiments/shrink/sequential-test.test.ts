import { describe, expect, it } from 'vitest'
import { decide, designFor } from './sequential-test.js'

const design = designFor(0.9)

describe('the sequential test', () => {
  it('decides after five failures in a row, or after two runs that pass', () => {
    expect(decide(4, 0, design)).toBe('open')
    expect(decide(5, 0, design)).toBe('fails')
    expect(decide(0, 1, design)).toBe('open')
    expect(decide(0, 2, design)).toBe('passes')
  })

  it.each([0.9, 0.6, 0.3])('errs as seldom as stated, at a rate of %d', (rate) => {
    const own = designFor(rate)
    expect(chanceOfFails(own.passingRate, own)).toBeLessThan(own.alpha / (1 - own.beta))
    // Running out of runs adds to the chance to leave a failing scenario.
    expect(1 - chanceOfFails(rate, own)).toBeLessThan(own.beta / (1 - own.alpha) + 0.05)
  })

  it('has the risks that docs/shrinking.md states', () => {
    expect(chanceOfFails(design.passingRate, design)).toBeCloseTo(0.047, 3)
    expect(1 - chanceOfFails(0.9, design)).toBeCloseTo(0.052, 3)
  })
})

/** Exact: over all sequences of runs until a decision. */
function chanceOfFails(rate: number, own: typeof design): number {
  let open = new Map([[0, 1]])
  let fails = 0
  for (let runs = 1; runs <= own.mostRuns; runs += 1) {
    const next = new Map<number, number>()
    for (const [failed, chance] of open) {
      for (const [more, share] of [
        [1, rate],
        [0, 1 - rate],
      ] as const) {
        const now = failed + more
        const decision = decide(now, runs - now, own)
        if (decision === 'fails') fails += chance * share
        if (decision === 'open') next.set(now, (next.get(now) ?? 0) + chance * share)
      }
    }
    open = next
  }
  return fails
}
