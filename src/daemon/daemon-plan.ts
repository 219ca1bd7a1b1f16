import type { EventArguments } from '../chaos/index.js'
import type { ClusterPlan } from '../cluster/cluster-plan.js'
import { localClusterPlan } from '../cluster/cluster-plan.js'
import type { Machine } from '../planning/machine.js'
import { planScenario } from '../planning/planner.js'
import { parseScenario } from '../scenarios/load.js'

export interface UpOptions {
  readonly balancer?: string
  readonly strategy?: string
  readonly nodes?: string
  readonly bridge?: string
  readonly clients: string
  readonly proxy?: true
}

/** How many nodes `scale-out` may add. */
const SPARE_NODES = 16

export interface DaemonPlan {
  readonly cluster: ClusterPlan
  readonly expectedClients: number
}

/** The cluster of a scenario with these options, with room for more nodes. Throws a ScenarioError for bad options. */
export function planDaemon(options: UpOptions, machine: Machine): DaemonPlan {
  const { balancer, strategy, nodes, bridge, clients, proxy } = options
  const given = {
    'cluster.balancer.kind': ['--balancer', balancer],
    'cluster.balancer.strategy': ['--strategy', strategy],
    'cluster.nodes': ['--nodes', nodes],
    'cluster.bridge': ['--bridge', bridge],
    'clients.count': ['--clients', clients],
  } as const
  const overrides = Object.entries(given).flatMap(([path, [option, value]]) =>
    value === undefined ? [] : [{ text: `${path}=${value}`, option: `${option} ${value}` }],
  )
  const scenario = parseScenario('{ name: cluster, clients: { count: 1 } }', {
    file: 'cluster up',
    overrides,
  })
  const { estimate, ...plan } = planScenario(scenario, machine)
  const cluster = localClusterPlan(plan.cluster)
  const broker = cluster.broker && { ...cluster.broker, isProxied: proxy === true }
  return {
    cluster: { ...cluster, broker, maxNodes: cluster.nodes + SPARE_NODES },
    expectedClients: estimate.connections,
  }
}

/**
 * The event with its settings (`node=2`, `for=10s`) and their defaults. Throws a ScenarioError for unknown ones; that the
 * cluster lacks what the event needs shows only when it runs.
 */
export function parseEvent(event: string, settings: readonly string[]): EventArguments {
  const text = `{ name: cluster, clients: { count: 1 }, phases: { measure: 24h }, cluster: { nodes: 64, balancer: { kind: auto } }, chaos: [{ at: 0s }] }`
  const overrides = [
    { text: `chaos[0].event=${event}`, option: event },
    ...settings.map((setting) => ({
      text: `chaos[0].${setting}`,
      option: `--${setting.replace('=', ' ')}`,
    })),
  ]
  const { chaos } = parseScenario(text, { file: 'cluster chaos', overrides })
  const { at: _, ...action } = chaos[0]!
  return action
}
