import { describe, expect, it } from 'vitest'
import { fullSize, quickSize, ROOMS, type SelftestSize, selftestPlan } from './plan.js'

function deliveries({ subscribers, sharedPublishers, messages }: SelftestSize): number {
  return subscribers * (1 + sharedPublishers) * messages
}

describe('the size of a selftest', () => {
  it.each([1024, 4096, 20_000])('has over a million deliveries with %i descriptors', (descriptors) => {
    const size = fullSize(descriptors)
    const { estimate, phases } = selftestPlan(size, 1)
    expect(deliveries(size)).toBeGreaterThan(1_050_000)
    expect(estimate.connections).toBeLessThan(descriptors)
    expect(size.subscribers % ROOMS).toBe(0)
    expect(phases.warmupMs + phases.measureMs).toBe(35_000)
  })

  it('names the limit to raise if a million is impossible', () => {
    expect(() => fullSize(256)).toThrow(/more than 256 open files/)
  })

  it('has some 50,000 deliveries if quick', () => {
    expect(deliveries(quickSize)).toBeGreaterThan(48_000)
    expect(deliveries(quickSize)).toBeLessThan(52_000)
  })
})

it('the spans cover warm-up and measure phase without a gap', () => {
  const { phases } = selftestPlan(quickSize, 1)
  expect(phases.spans[0]!.startMs).toBe(-phases.warmupMs)
  expect(phases.spans.at(-1)!.endMs).toBe(phases.measureMs)
  phases.spans.slice(1).forEach(({ startMs }, order) => {
    expect(startMs).toBe(phases.spans[order]!.endMs)
  })
})
