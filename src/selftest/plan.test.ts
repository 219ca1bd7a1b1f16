import { describe, expect, it } from 'vitest'
import { fullSize, quickSize, ROOMS, type SelftestSize, selftestPlan } from './plan.js'

function deliveries({ subscribers, group, messages }: SelftestSize): number {
  return subscribers * (1 + group) * messages
}

describe('the size of a selftest', () => {
  it.each([1024, 4096, 20_000])('is over a million deliveries with %i descriptors', (descriptors) => {
    const size = fullSize(descriptors)
    const { estimate, phases } = selftestPlan(size, 1)
    expect(deliveries(size)).toBeGreaterThan(1_050_000)
    expect(estimate.connections).toBeLessThan(descriptors)
    expect(size.subscribers % ROOMS).toBe(0)
    expect(phases.warmupMs + phases.measureMs).toBe(35_000)
  })

  it('says which limit to raise where a million can not be', () => {
    expect(() => fullSize(256)).toThrow(/more than 256 open files/)
  })

  it('is some 50,000 deliveries when it is to be quick', () => {
    expect(deliveries(quickSize)).toBeGreaterThan(48_000)
    expect(deliveries(quickSize)).toBeLessThan(52_000)
  })
})

it('the spans cover warm-up and measure phase without a hole', () => {
  const { phases } = selftestPlan(quickSize, 1)
  expect(phases.spans[0]!.startMs).toBe(-phases.warmupMs)
  expect(phases.spans.at(-1)!.endMs).toBe(phases.measureMs)
  phases.spans.slice(1).forEach(({ startMs }, order) => {
    expect(startMs).toBe(phases.spans[order]!.endMs)
  })
})
