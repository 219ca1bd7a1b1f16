import { describe, expect, it } from 'vitest'
import type { Result } from '../src/results/result.js'
import { type Cuttable, cuttable } from './support/cuttable.js'
import { miniature, set } from './support/miniature.js'
import { runLocally } from './support/run-local.js'
import { describeReal, wsbench } from './support/wsbench.js'

async function runScenario(name: string, args: readonly string[]): Promise<Result> {
  const { stderr, result } = await wsbench([
    'run',
    name,
    ...miniature,
    ...(args.some((argument) => argument.startsWith('chaos=')) ? [] : set({ 'chaos[0].at': '1s' })),
    ...args,
  ])
  expect(result, stderr).not.toBeNull()
  return result!
}

/** 60 clients on 3 nodes, all of whose connections are cut on their way to the balancer a second into measuring. */
async function runWithCut(balancer: string, strategy: string): Promise<Result> {
  const proxies: Cuttable[] = []
  try {
    return await runLocally(
      `{ name: cut, clients: { count: 60, reconnect: { base: 100ms, cap: 1s } },
         cluster: { nodes: 3, balancer: { kind: ${balancer}, strategy: ${strategy} } },
         phases: { warmup: 500ms, measure: 4s, grace: 1s } }`,
      async (cluster) => {
        for (const endpoint of cluster.endpoints) proxies.push(await cuttable(endpoint))
        return Object.assign(cluster, { endpoints: proxies.map(({ endpoint }) => endpoint) })
      },
      { onStart: () => void setTimeout(() => proxies.forEach((proxy) => void proxy.cut()), 1_500) },
    )
  } finally {
    for (const proxy of proxies) proxy.close()
  }
}

function affinitySuite(balancer: string): void {
  it.each(['cookie', 'consistent-hash'])('%s: who is cut off comes back to its node', async (strategy) => {
    const { affinity } = await runWithCut(balancer, strategy)
    expect(affinity).toMatchObject({ reconnectedSameNode: 60, reconnectedOtherNode: 0 })
  })

  it('random-two: who is cut off comes back anywhere, and every node has its share', async () => {
    const { affinity, balance } = await runWithCut(balancer, 'random-two')
    expect(affinity.reconnectedSameNode + affinity.reconnectedOtherNode).toBe(60)
    expect(affinity.reconnectedOtherNode).toBeGreaterThan(10)
    expect(balance.end!.maxOverMean).toBeLessThan(1.5)
  })

  it('ip-hash: one NAT gateway piles all its clients on one node', async () => {
    const result = await runScenario('scale-out', [
      ...['--balancer', balancer, '--strategy', 'ip-hash'],
      ...set({ 'clients.addresses': '{ gateways: 1, skew: 0 }' }),
    ])
    const crowds = Object.values(result.balance.start!.perNode).filter((connections) => connections > 0)
    expect(crowds).toEqual([60])
  })

  it('round-robin: every node has its share', async () => {
    const result = await runScenario('scale-out', ['--balancer', balancer, '--strategy', 'round-robin'])
    expect(result.balance.start!.maxOverMean).toBeLessThan(1.35)
  })
}

describeReal('affinity of nginx', ['nginx', 'redis-server'], () => affinitySuite('nginx'))
describeReal('affinity of HAProxy', ['haproxy', 'redis-server'], () => {
  affinitySuite('haproxy')

  it.each([
    ['maint', 'node-drain'],
    ['drain', 'node-drain'],
    ['drain', 'node-restart, how: drain'],
  ])('cookie, and a leaving node in state %s by %s: who is sent back to it', async (state, event) => {
    // Clients that do not read their Close keep the node from ending at once.
    const chaos = `[{ at: 500ms, event: client-stall, share: 50%, for: 3s }, { at: 1s, event: ${event}, node: 1 }]`
    const { affinity, events, connections } = await runScenario('node-drain', [
      ...['--balancer', 'haproxy', '--strategy', 'cookie', '--set', `chaos=${chaos}`],
      ...set({ 'cluster.balancer.drainState': state, gates: '[]' }),
    ])
    const [, drain] = events
    expect(drain!.affectedClients).toBeGreaterThan(0)
    expect(drain!.recovery.recovered).toBe(drain!.affectedClients)
    const sentBack = affinity.routedToDraining!
    expect(sentBack > 0).toBe(state === 'drain')
    expect(drain!.affinity.routedToDraining).toBe(sentBack)
    // The node turns them away until HAProxy's health check believes it.
    expect(connections.failed['http-503'] ?? 0).toBeGreaterThanOrEqual(sentBack)
  })
})
describe('affinity of the embedded balancer', () => affinitySuite('embedded'))
