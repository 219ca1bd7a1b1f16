import { formatCount } from '../../base/format.js'
import { sumOf } from '../../base/sum.js'
import { balancers } from '../../cluster/balancers/index.js'
import type { ClusterPlan } from '../../cluster/cluster-plan.js'
import type { TargetPlan } from '../../cluster/external/target-plan.js'
import type { AddressPlan, Plan } from '../../plan/plan.js'
import type { Machine } from '../machine.js'
import { connectionsOfBusiestAddress } from '../plan-addresses.js'
import { quickPorts } from '../plan-cluster.js'
import { type BusiestNode, busiestNodeOf } from './busiest-node.js'
import type { Limit } from './limit.js'

const WIDEN = 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"'

/** Local ports: of clients to the balancer, and of the balancer to a node. */
export function portLimits(plan: Plan, machine: Machine): Limit[] {
  const { cluster } = plan
  if (cluster.driver === 'target') return [ofClients(plan, machine)]
  return [ofClients(plan, machine), ofBalancer(cluster, busiestNodeOf(plan, cluster), machine)]
}

function ofClients(plan: Plan, { ephemeralPorts }: Machine): Limit {
  const { clients, seed, estimate, target } = plan
  const { kind } = clients.addresses
  const fromBusiest = connectionsOfBusiestAddress(clients.addresses, seed, estimate.connections)
  // If the kernel picks the source address, each of its ports can be used once per destination. A socket that is bound to an
  // address before it connects uses up a port for all destinations.
  const needed = kind === 'single' ? Math.ceil(fromBusiest * busiestEndpoint(target)) : fromBusiest
  const { where, fix } = (target === null ? ofCluster : ofTarget)[kind]
  return {
    name: 'ports of a client address',
    needed,
    available: ephemeralPorts,
    unit: 'count',
    kind: 'hard',
    message: `${where} would hold ${formatCount(needed)} connections, but has ${formatCount(ephemeralPorts)} ports (net.ipv4.ip_local_port_range)`,
    fix: `fewer clients${fix}; or widen the range: ${WIDEN}`,
  }
}

/** Names the source address in the message, and adds to the fix. */
type Words = Readonly<Record<AddressPlan['kind'], { readonly where: string; readonly fix: string }>>

const bound = {
  gateways: { where: 'the busiest gateway', fix: ', more gateways or less skew' },
  spread: { where: 'an address', fix: '' },
  list: {
    where: 'each address of clients.addresses.list',
    fix: ', or more of this machine’s addresses in clients.addresses.list',
  },
} as const

const ofCluster: Words = {
  ...bound,
  single: { where: '127.0.0.1, the only address clients can have here,', fix: '' },
}

const ofTarget: Words = {
  ...bound,
  single: {
    where: 'the only address of this machine, to the same address and port of the target,',
    fix: ', or several of this machine’s addresses: clients.addresses: { list: [ … ] }; or more addresses or ports of the target (target.urls)',
  },
}

/** The share of connections that go to the most used address and port. */
function busiestEndpoint(target: TargetPlan | null): number {
  const weights = new Map<string, number>()
  for (const { url, weight } of target?.urls ?? []) {
    const { hostname, port, protocol } = new URL(url)
    const endpoint = `${hostname}:${port || (protocol === 'wss:' ? 443 : 80)}`
    weights.set(endpoint, (weights.get(endpoint) ?? 0) + weight)
  }
  const all = [...weights.values()]
  return all.length === 0 ? 1 : Math.max(...all) / sumOf(all, (weight) => weight)
}

/** Each source address of the balancer can use each port once per node, but only half of the ports are found quickly. */
function ofBalancer({ balancer }: ClusterPlan, busiest: BusiestNode, machine: Machine): Limit {
  const sources = Math.max(1, balancer.sources.length)
  const needed = Math.ceil(busiest.connections / sources)
  const quick = quickPorts(machine)
  const nodesNeeded = busiest.nodesNeeded(quick * sources)
  return {
    name: 'ports of the balancer to a node',
    needed,
    available: quick,
    unit: 'count',
    kind: 'hard',
    message: `${busiest.label} are ${formatCount(needed)} from one address of the balancer, and beyond half of its ${formatCount(machine.ephemeralPorts)} ports (net.ipv4.ip_local_port_range) connecting becomes very slow`,
    fix: [
      nodesNeeded === null ? 'fewer clients' : `cluster.nodes: ${nodesNeeded} or more`,
      ...(!balancers[balancer.kind].choosesSource
        ? ['nginx or haproxy, which can connect from several addresses']
        : []),
      `or widen the range: ${WIDEN}`,
    ].join('; '),
  }
}
