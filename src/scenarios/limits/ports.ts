import { formatCount } from '../../units.js'
import type { Machine } from '../machine.js'
import type { ClusterPlan, Plan } from '../plan.js'
import { connectionsOfBusiestAddress } from '../plan-addresses.js'
import { quickPorts } from '../plan-cluster.js'
import { type BusiestNode, busiestNodeOf } from './busiest-node.js'
import type { Limit } from './limit.js'

const WIDEN = 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"'

/** Local ports: of clients towards the balancer, and of the balancer towards a node. */
export function portLimits(plan: Plan, machine: Machine): Limit[] {
  const { cluster } = plan
  if (cluster.driver === 'target') return [ofClients(plan, machine)]
  return [ofClients(plan, machine), towardsNodes(cluster, busiestNodeOf(plan, cluster), machine)]
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

/** Each address that the balancer connects from has its ports once for each node, and half of them are quick to find. */
function towardsNodes({ balancer }: ClusterPlan, busiest: BusiestNode, machine: Machine): Limit {
  const sources = Math.max(1, balancer.sources.length)
  const needed = Math.ceil(busiest.connections / sources)
  const quick = quickPorts(machine)
  const enough = busiest.enough(quick * sources)
  return {
    name: 'ports of the balancer towards a node',
    needed,
    available: quick,
    unit: 'count',
    kind: 'hard',
    refusal: `${busiest.words} are ${formatCount(needed)} from one address of the balancer, and past half of its ${formatCount(machine.ephemeralPorts)} ports (net.ipv4.ip_local_port_range) connects stand still`,
    fix: [
      enough === null ? 'fewer clients' : `cluster.nodes: ${enough} or more`,
      ...(balancer.isEmbedded ? ['nginx or haproxy, which connect from as many addresses as it takes'] : []),
      `or widen the range: ${WIDEN}`,
    ].join('; '),
  }
}
