import { formatCount } from '../../units.js'
import type { Machine } from '../machine.js'
import type { ClusterPlan, Plan } from '../plan.js'
import { connectionsOfBusiestAddress } from '../plan-addresses.js'
import { busiestNode } from '../plan-cluster.js'
import type { Limit } from './limit.js'

const WIDEN = 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"'

/** Local ports: of clients towards the balancer, and of the balancer towards a node. */
export function portLimits(plan: Plan, machine: Machine): Limit[] {
  const { cluster, estimate } = plan
  if (cluster.driver === 'target') return [ofClients(plan, machine)]
  return [ofClients(plan, machine), towardsNodes(cluster, estimate.connections, machine)]
}

function ofClients({ clients, seed, estimate }: Plan, { ephemeralPorts }: Machine): Limit {
  const { addresses } = clients
  const needed = connectionsOfBusiestAddress(addresses, seed, estimate.connections)
  const where = {
    single: '127.0.0.1, the only address clients can have here,',
    gateways: 'the busiest gateway',
    spread: 'an address',
  }[addresses.kind]
  return {
    name: 'ports of a client address',
    needed,
    available: ephemeralPorts,
    unit: 'count',
    kind: 'hard',
    refusal: `${where} would hold ${formatCount(needed)} connections, but has ${formatCount(ephemeralPorts)} ports (net.ipv4.ip_local_port_range)`,
    fix: `fewer clients, more gateways or less skew; or widen the range: ${WIDEN}`,
  }
}

/** Each address that the balancer connects from has its ports once for each node. */
function towardsNodes(cluster: ClusterPlan, connections: number, { ephemeralPorts }: Machine): Limit {
  const sources = Math.max(1, cluster.balancer.sources.length)
  const needed = Math.ceil(busiestNode(connections, cluster.nodes) / sources)
  return {
    name: 'ports of the balancer towards a node',
    needed,
    available: ephemeralPorts,
    unit: 'count',
    kind: 'hard',
    refusal: `the balancer would hold ${formatCount(needed)} connections to a node from one address, which has ${formatCount(ephemeralPorts)} ports (net.ipv4.ip_local_port_range)`,
    fix: `more nodes (cluster.nodes), or widen the range: ${WIDEN}`,
  }
}
