import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/random.js'
import type { Data } from './reductions.js'
import { searchSmallest, type Trial } from './search.js'
import { decide, designFor } from './sequential-test.js'

const design = designFor(0.9)
const kinds = [
  'node-kill',
  'node-drain',
  'balancer-reload',
  'client-churn',
  'broker-freeze',
  'latency',
] as const

interface World {
  readonly events: readonly string[]
  readonly clients: number
  readonly nodes: number
}

const start = (events: readonly string[]): Data => ({
  name: 'big',
  cluster: { nodes: 8, balancer: { strategy: 'cookie' } },
  clients: { count: 2_000, reconnect: { base: '1s' } },
  traffic: [{ channel: { name: 'a', count: 20 }, rate: '40/s' }, { channel: { name: 'b' } }],
  phases: { warmup: '5s', measure: '60s' },
  chaos: events.map((event, index) => ({ at: `${index * 5}s`, event })),
})

const eventsOf = (data: Data) => ((data.chaos ?? []) as { event: string }[]).map(({ event }) => event)
const worldOf = (data: Data): World => ({
  events: eventsOf(data),
  clients: (data.clients as { count: number }).count,
  nodes: (data.cluster as { nodes: number }).nodes,
})

/** Fails with one rate where all that the fault needs is there, and with another elsewhere. */
function simulated(needs: World, rates: { readonly there: number; readonly elsewhere: number }, seed = 1) {
  const random = createRandom(seed)
  const isThere = (data: Data) => {
    const world = worldOf(data)
    return (
      needs.events.every((event) => world.events.includes(event)) &&
      world.clients >= needs.clients &&
      world.nodes >= needs.nodes
    )
  }
  let runs = 0
  const judge = async ({ data }: { readonly data: Data }): Promise<Trial> => {
    const rate = isThere(data) ? rates.there : rates.elsewhere
    const trial = { failed: 0, passed: 0, invalid: 0 }
    for (;;) {
      const decision = decide(trial.failed, trial.passed, design)
      if (decision !== 'open') return { ...trial, decision }
      runs += 1
      trial[random() < rate ? 'failed' : 'passed'] += 1
    }
  }
  return { judge, isThere, runs: () => runs }
}

const worlds = fc.record({
  events: fc.subarray([...kinds], { maxLength: 2 }),
  clients: fc.integer({ min: 1, max: 300 }),
  nodes: fc.integer({ min: 1, max: 4 }),
})
const isValid = () => true

describe('the search for the smallest scenario', () => {
  it('keeps exactly the events that the fault needs, and few more clients and nodes', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (needs) => {
        const { judge, isThere } = simulated(needs, { there: 1, elsewhere: 0 })
        const { data, needed, isComplete } = await searchSmallest(start(kinds), { judge, isValid })
        expect(isComplete).toBe(true)
        expect(isThere(data)).toBe(true)
        expect(eventsOf(data).toSorted()).toEqual(needs.events.toSorted())
        // Three quarters of it would be too few.
        expect(Math.floor(worldOf(data).clients * 0.75)).toBeLessThanOrEqual(Math.max(1, needs.clients))
        expect(worldOf(data).nodes).toBe(needs.nodes)
        expect(needed.filter(({ what }) => what.startsWith('without chaos')).length > 0).toBe(
          needs.events.length > 0,
        )
        // What plays no part is gone.
        expect(data.traffic).toHaveLength(1)
        expect(data.clients).toEqual({ count: worldOf(data).clients })
      }),
      { numRuns: 30 },
    )
  })

  it('is rarely misled by runs that fail at random', async () => {
    let wrong = 0
    for (let seed = 1; seed <= 40; seed += 1) {
      const needs = { events: ['node-drain', 'latency'], clients: 10, nodes: 2 }
      const { judge, isThere } = simulated(needs, { there: 0.95, elsewhere: 0.05 }, seed)
      const { data } = await searchSmallest(start(kinds), { judge, isValid })
      if (!isThere(data)) wrong += 1
    }
    expect(wrong).toBeLessThanOrEqual(2)
  })

  it('tries no scenario that is none, and keeps what it had when it is stopped', async () => {
    const needs = { events: ['node-kill'], clients: 1, nodes: 1 }
    const { judge } = simulated(needs, { there: 1, elsewhere: 0 })
    const valid = (data: Data) => worldOf(data).nodes >= 3
    let left = 12
    const stopped = await searchSmallest(start(kinds), {
      isValid: valid,
      judge: async (reduction) => {
        expect(valid(reduction.data)).toBe(true)
        left -= 1
        return left < 0 ? null : judge(reduction)
      },
    })
    expect(stopped.isComplete).toBe(false)
    expect(stopped.taken.length).toBeGreaterThan(0)
    expect(eventsOf(stopped.data)).toContain('node-kill')
  })
})
