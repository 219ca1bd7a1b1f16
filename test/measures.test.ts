import { expect, it } from 'vitest'
import type { LatencySummary, Result } from '../src/results/result.js'
import { miniature, set } from './support/miniature.js'
import { describeReal, wsbench } from './support/wsbench.js'

/** 200 clients on two nodes, over Redis; a third node joins, then everybody is cut off once and comes back. */
async function grown(balancer: string, strategy: string): Promise<Result> {
  const chaos = '[{ at: 500ms, event: scale-out }, { at: 9s, event: reconnect-storm }]'
  const { stdout, stderr, result } = await wsbench([
    ...['run', 'smoke', ...miniature, '--balancer', balancer, '--strategy', strategy, '--nodes', '2'],
    ...set({ 'clients.count': 200, 'cluster.broker': 'redis', 'phases.measure': '12s', chaos }),
    ...['--set', 'traffic=[{ channel: { name: scores }, rate: 10/s, publishers: 2 }]'],
  ])
  expect(result, stderr).not.toBeNull()
  expect(result!.verdict.outcome, stdout).toBe('pass')
  expect(result!.events.map(({ failure }) => failure)).toEqual([null, null])
  return result!
}

function meanOf(...summaries: readonly LatencySummary[]): number {
  const count = summaries.reduce((sum, each) => sum + each.count, 0)
  return summaries.reduce((sum, each) => sum + each.mean * each.count, 0) / count
}

/** The three hops of the copies that were looked at are their whole way; and they are like all the others. */
function expectHopsToAddUp({ latency: { hops, service } }: Result): void {
  const { toNode, broker, toClient, sameNode, crossNode, unusable } = hops!
  expect(unusable).toBe(0)
  for (const { count } of [sameNode, crossNode]) expect(count).toBeGreaterThan(100)
  expect(sameNode.count + crossNode.count).toBe(toClient.count)
  const sum = toNode.mean + broker.mean + toClient.mean
  expect(sum / meanOf(sameNode, crossNode)).toBeCloseTo(1, 1)
  expect(sum / service.mean).toBeGreaterThan(0.6)
  expect(sum / service.mean).toBeLessThan(1.6)
}

describeReal('what is measured of two nodes that become three', ['nginx', 'haproxy', 'redis-server'], () => {
  // Modulo 2 and modulo 3 agree for 2 of 6; a ring gives the newcomer its third and leaves the others where they were.
  it.each([
    ['nginx', 'ip-hash', 2 / 3],
    ['haproxy', 'ip-hash', 1 / 3],
    ['nginx', 'consistent-hash', 1 / 3],
  ])(
    '%s, %s: hops add up, and who comes back is sent elsewhere as often as the strategy says',
    async (balancer, strategy, share) => {
      const result = await grown(balancer, strategy)
      expectHopsToAddUp(result)
      const { returned, moved } = result.events[0]!.remapped!
      expect(returned).toBe(200)
      // 200 clients and the points of a ring: some 0.05 of chance.
      expect(Math.abs(moved / returned - share)).toBeLessThan(0.17)
      expect(result.affinity).toMatchObject({ reconnectedSameNode: 200 - moved, reconnectedOtherNode: moved })
    },
  )
})
