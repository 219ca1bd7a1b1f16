import { describe, expect, it } from 'vitest'
import type { NodeStats } from '../reference-cluster/node/counters.js'
import { localClusterPlan } from '../src/cluster/cluster-plan.js'
import { type LocalCluster, startLocalCluster } from '../src/cluster/local/local-cluster.js'
import { planScenario } from '../src/planning/planner.js'
import { readMachine } from '../src/planning/read-machine.js'
import type { Result } from '../src/results/result.js'
import { describeEnvironment } from '../src/run/environment.js'
import { run } from '../src/run/run.js'
import { parseScenario } from '../src/scenarios/load.js'
import { describeReal } from './support/wsbench.js'

/** 90 clients on 3 nodes; node n2 takes what the broker sends and gives it to nobody from second 2 to second 4. */
async function runWithMutedNode(parts: string): Promise<{ result: Result; withheld: number }> {
  const machine = readMachine()
  const scenario = parseScenario(
    `{ name: muted, clients: { count: 90 }, cluster: { nodes: 3, ${parts} },
       traffic: [{ channel: { name: scores }, publishers: 2, rate: 20/s }, { channel: { name: chat, count: 5, members: 20 }, rate: 7/s }],
       phases: { warmup: 500ms, measure: 6s, grace: 2s } }`,
    { file: 'muted.yaml' },
  )
  const plan = planScenario(scenario, machine)
  let cluster: LocalCluster
  let withheld = -1
  const result = await run({
    plan,
    scenarioHash: '',
    environment: describeEnvironment(machine),
    async startCluster() {
      cluster = await startLocalCluster({
        plan: localClusterPlan(plan.cluster),
        descriptors: machine.descriptors,
        expectedClients: plan.estimate.connections,
      })
      const down = cluster.down.bind(cluster)
      cluster.down = async () => {
        const { host, port } = cluster.nodes.find(({ id }) => id === 'n2')!
        const stats = (await (await fetch(`http://${host}:${port}/stats`)).json()) as NodeStats
        withheld = stats.withheld
        await down()
      }
      return cluster
    },
    observer: {
      onStart() {
        setTimeout(() => cluster.tellNode('n2', { type: 'withhold', share: 1 }), 2_500)
        setTimeout(() => cluster.tellNode('n2', { type: 'withhold', share: 0 }), 4_500)
      },
    },
    signal: new AbortController().signal,
  })
  return { result, withheld }
}

function withheldSuite(parts: string): void {
  it('a node that stops forwarding: lost in flight is exactly what it withheld', async () => {
    const { result, withheld } = await runWithMutedNode(parts)
    const { delivery } = result
    expect(withheld).toBeGreaterThan(500)
    expect(delivery.lostInFlight).toBe(withheld)
    expect(delivery.lost).toBe(withheld)
    expect(delivery.byNode.n2!.lostInFlight).toBe(withheld)
    expect(delivery.byCause.unexplained!.lostInFlight).toBe(withheld)
    expect(delivery.due).toBe(delivery.delivered + withheld)
    expect([delivery.unexpected, delivery.duplicateInEpoch, delivery.missingAtBoundary]).toEqual([0, 0, 0])
  })
}

describe('on embedded parts', () => withheldSuite('balancer: { kind: embedded }, broker: embedded'))
describeReal('on nginx and redis', ['nginx', 'redis-server'], () =>
  withheldSuite('balancer: { kind: nginx }, broker: redis'),
)
