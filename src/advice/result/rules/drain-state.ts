import { plural } from '../../../base/format.js'
import { sumOf } from '../../../base/sum.js'
import { drains, eventsOf, namesOf } from '../events.js'
import type { ResultRule } from '../rule.js'

export const drainState: ResultRule = {
  name: 'drain-state',
  explanation:
    'HAProxy\'s state "drain" still honours cookies: clients that were sent away come back to the node that is leaving, and are sent away again.',
  change: 'use the state "maint", which keeps open sockets and gives returning clients another node',
  improves: 'affinity.routedToDraining',
  evidence(result) {
    const { cluster, target } = result.scenario.plan
    const routed = eventsOf(result, drains, ({ affinity }) => (affinity.routedToDraining ?? 0) > 0)
    const { balancer } = cluster
    const isHonoured = balancer.kind !== 'none' && balancer.drainState === 'drain'
    if (target !== null || !isHonoured || routed.length === 0) return null
    const clients = sumOf(routed, ({ affinity }) => affinity.routedToDraining ?? 0)
    return `${plural(clients, 'connection')} routed to a draining node by ${namesOf(routed)}`
  },
  settings: () => ['cluster.balancer.drainState=maint'],
}
