import { expect, it } from 'vitest'
import type { NodeStats } from '../reference-cluster/node/counters.js'
import type { Cluster } from '../src/cluster/cluster.js'
import type { LocalCluster } from '../src/cluster/local/local-cluster.js'
import type { Result } from '../src/results/result.js'
import { patience } from './support/miniature.js'
import { runLocally } from './support/run-local.js'
import { describeReal } from './support/wsbench.js'

/** n1 is the node with the fault: no event acts on it. */
const FAULTY = 'n1'

const events = {
  'the balancer reloads': [1, 3, 5, 7].map((second) => `{ at: ${second}s, event: balancer-reload }`),
  'another node is killed': ['{ at: 1s, event: node-kill, node: n2 }'],
  'another node is drained': ['{ at: 1s, event: node-drain, node: n2 }'],
  'the other nodes are deployed': ['{ at: 500ms, event: rolling-deploy, pause: 1s }'],
} as const

interface Trial {
  readonly result: Result
  /** Deliveries that the node left out, by its own count. */
  readonly withheld: number
}

/** A node may take five seconds to start, and a deploy starts three, one after the other. */
const measured = (chaos: readonly string[]): string =>
  chaos === events['the other nodes are deployed'] ? '24s' : '9s'

/** 120 clients on four nodes, of which one leaves out each delivery with this probability. */
async function trial(chaos: readonly string[], share: number): Promise<Trial> {
  let withheld = -1
  const result = await runLocally(
    `{ name: planted, clients: { count: 120, reconnect: { base: 100ms, cap: 500ms } },
       cluster: { nodes: 4, broker: redis, balancer: { kind: nginx }, drain: { window: 1s } },
       traffic: [{ channel: { name: scores }, publishers: 2, rate: 30/s }],
       phases: { warmup: 500ms, measure: ${measured(chaos)}, grace: 2s }, chaos: [${chaos.join(', ')}],
       gates: ['delivery.lost{cause=unexplained} == 0'], validity: ${patience} }`,
    (cluster) => {
      const local = cluster as LocalCluster
      local.tellNode(FAULTY, { type: 'withhold', share })
      const { host, port } = local.nodes.find(({ id }) => id === FAULTY)!
      const down = local.down.bind(local)
      local.down = async () => {
        const stats = (await (await fetch(`http://${host}:${port}/stats`)).json()) as NodeStats
        withheld = stats.withheld
        await down()
      }
      return withoutFaultyNode(local)
    },
  )
  expect(result.events.map(({ failure }) => failure)).toEqual(chaos.map(() => null))
  expect(result.events.flatMap(({ targets }) => targets)).not.toContain(FAULTY)
  return { result, withheld }
}

/** So that events which choose their nodes choose among the others. */
function withoutFaultyNode(cluster: LocalCluster): Cluster {
  return new Proxy(cluster, {
    get(target, key) {
      if (key === 'nodes') return target.nodes.filter(({ id }) => id !== FAULTY)
      const value = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const repeats = process.env.WSBENCH_LONG === '1' ? 10 : 1

describeReal('a node that leaves out one delivery in a thousand', ['nginx', 'redis-server'], () => {
  it.each(Object.entries(events))(
    'while %s: each of them is unexplained, and nothing else is',
    async (_, chaos) => {
      const { result, withheld } = await trial(chaos, 0.001)
      const { unexplained } = result.delivery.byCause
      expect(withheld).toBeGreaterThan(0)
      expect(unexplained!.lost + unexplained!.missingAtBoundary).toBe(withheld)
      expect(result.verdict.outcome).toBe('fail')
      expect(result.gates[0]!.outcome).toBe('fail')
    },
  )

  it.each(Object.entries(events))(
    'without the fault, while %s: nothing is unexplained',
    async (_, chaos) => {
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        const { result } = await trial(chaos, 0)
        expect(result.delivery.byCause.unexplained?.lost ?? 0).toBe(0)
        expect(result.delivery.lostInFlight).toBe(0)
        expect(result.verdict.outcome).toBe('pass')
      }
    },
    repeats * 60_000,
  )
})
