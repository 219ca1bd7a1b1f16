import { formatCount } from '../../base/format.js'
import type { Plan } from '../../plan/plan.js'
import type { Machine } from '../machine.js'
import type { Limit } from './limit.js'

/** Client to balancer, balancer to node, with compose docker-proxy between the two; to a target just the first. */
const CONNECTIONS_PER_CLIENT = { local: 2, compose: 3, target: 1 }

/** A module that is loaded and holds not one entry, though there are always connections, tracks none. */
export function conntrackLimit({ cluster, estimate }: Plan, { kernel: { conntrack } }: Machine): Limit {
  const needed = CONNECTIONS_PER_CLIENT[cluster.driver] * estimate.connections
  const available = conntrack && conntrack.most - conntrack.used
  const most = Math.ceil((needed + (conntrack?.used ?? 0)) * 1.25)
  return {
    name: 'connections that netfilter tracks',
    needed,
    available,
    unit: 'count',
    kind: conntrack && conntrack.used > 0 ? 'hard' : 'soft',
    refusal: `${formatCount(needed)} connections are more than the ${formatCount(available ?? 0)} that netfilter has room for (net.netfilter.nf_conntrack_max)`,
    fix: `sysctl -w net.netfilter.nf_conntrack_max=${most}; or don't track loopback: iptables -t raw -A OUTPUT -o lo -j NOTRACK`,
  }
}
