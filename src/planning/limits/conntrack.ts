import { formatCount } from '../../base/format.js'
import type { Plan } from '../../plan/plan.js'
import type { Machine } from '../machine.js'
import type { Limit } from './limit.js'

/** Client to balancer and balancer to node; with compose also docker-proxy in between; to a target only the first. */
const CONNECTIONS_PER_CLIENT = { local: 2, compose: 3, target: 1 }

/** If the table has no entry although connections exist, the kernel module is loaded but tracks nothing: a soft limit. */
export function conntrackLimit({ cluster, estimate }: Plan, { kernel: { conntrack } }: Machine): Limit {
  const needed = CONNECTIONS_PER_CLIENT[cluster.driver] * estimate.connections
  const available = conntrack && conntrack.most - conntrack.used
  const most = Math.ceil((needed + (conntrack?.used ?? 0)) * 1.25)
  return {
    name: 'connection-tracking table (nf_conntrack)',
    needed,
    available,
    unit: 'count',
    kind: conntrack && conntrack.used > 0 ? 'hard' : 'soft',
    message: `${formatCount(needed)} connections need more than the ${formatCount(available ?? 0)} free entries of the connection-tracking table (net.netfilter.nf_conntrack_max)`,
    fix: `sysctl -w net.netfilter.nf_conntrack_max=${most}; or don't track loopback: iptables -t raw -A OUTPUT -o lo -j NOTRACK`,
  }
}
