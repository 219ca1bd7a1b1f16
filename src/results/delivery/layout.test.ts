import { describe, expect, it } from 'vitest'
import type { ChannelGroupPlan } from '../../plan/plan.js'
import { SubscriptionLayout } from './layout.js'

const common = { via: 'client', echoes: true, rateHz: 1, arrival: 'constant', sizeBytes: 64 } as const
const broadcast = {
  ...common,
  name: 'all',
  firstChannel: 0,
  count: 1,
  members: 5,
  firstPublisher: 0,
  publishers: 2,
}
const rooms = {
  ...common,
  name: 'rooms',
  firstChannel: 1,
  count: 4,
  members: 3,
  firstPublisher: 2,
  publishers: 1,
}
const groups: readonly ChannelGroupPlan[] = [broadcast, rooms]

describe('SubscriptionLayout', () => {
  it('puts membership k in channel floor(k / members), as client k mod clients', () => {
    const layout = new SubscriptionLayout(5, groups, 0, 1)
    const expected = [0, 1, 2, 3, 4].map((client) => {
      const memberships = Array.from({ length: 12 }, (_, k) => k).filter((k) => k % 5 === client)
      return [0, ...memberships.map((k) => 1 + Math.floor(k / 3))]
    })
    expect([0, 1, 2, 3, 4].map((client) => layout.channelsOf(client))).toEqual(expected)
  })

  it('gives worker w the clients c with c mod workers = w, in order', () => {
    const whole = new SubscriptionLayout(5, groups, 0, 1)
    const parts = [0, 1, 2].map((worker) => new SubscriptionLayout(5, groups, worker, 3))
    expect(parts.map(({ clients }) => clients)).toEqual([2, 2, 1])
    expect(parts[1]!.channelsOf(1)).toEqual(whole.channelsOf(4))
    expect(parts.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(whole.pairs)
  })

  it('visits every pair once, under the number that pairOf gives it', () => {
    const layout = new SubscriptionLayout(5, groups, 0, 1)
    const visited: number[] = []
    layout.eachPair((pair, client, stream, channel) => {
      visited.push(pair)
      expect(layout.pairOf(client, channel, stream)).toBe(pair)
    })
    expect(visited).toEqual(Array.from({ length: 5 * 2 + 4 * 3 }, (_, pair) => pair))
  })

  it('has no pair for other channels and for publishers of other channels', () => {
    const layout = new SubscriptionLayout(5, groups, 0, 1)
    expect(layout.channelsOf(0)).toEqual([0, 1, 2, 4])
    expect([
      layout.pairOf(0, 3, 4),
      layout.pairOf(0, 99, 0),
      layout.pairOf(0, 1, 3),
      layout.pairOf(0, 1, 1),
    ]).toEqual([-1, -1, -1, -1])
  })

  it('does not ask groups to come in order', () => {
    const layout = new SubscriptionLayout(5, [rooms, broadcast], 0, 1)
    expect(layout.channelsOf(0)).toEqual([0, 1, 2, 4])
    expect(layout.groupOf[0]).toBe(1)
    expect(layout.pairOf(0, 4, 5)).toBeGreaterThan(0)
  })

  it('has no clients for a worker beyond their number', () => {
    expect(new SubscriptionLayout(2, groups, 3, 4)).toMatchObject({ clients: 0, pairs: 0 })
  })

  it.each([true, false])(
    'has a pair of a member with itself only if its messages come back: %s',
    (echoes) => {
      const talking = { ...rooms, via: 'members', publishers: 3, echoes } as const
      const layout = new SubscriptionLayout(5, [broadcast, talking], 0, 1)
      for (let k = 0; k < 12; k += 1) {
        const [client, channel, own] = [k % 5, 1 + Math.floor(k / 3), 2 + k]
        expect(layout.pairOf(client, channel, own) >= 0).toBe(echoes)
        const others = [0, 1, 2]
          .map((order) => 2 + 3 * (channel - 1) + order)
          .filter((other) => other !== own)
        for (const other of others) expect(layout.pairOf(client, channel, other)).toBeGreaterThanOrEqual(0)
      }
      const visited: [number, number][] = []
      layout.eachPair((pair, client, stream, channel) => {
        expect(layout.pairOf(client, channel, stream)).toBe(pair)
        visited.push([client, stream])
      })
      expect(visited).toHaveLength(5 * 2 + 12 * (echoes ? 3 : 2))
    },
  )
})
