import type { BalancerKind } from '../balancers/index.js'
import { balancerSettings } from '../balancers/settings.js'
import { findBinary } from '../binaries.js'
import type { ClusterPlan } from '../cluster-plan.js'

/** A plan for two nodes, at most three, behind the balancer `kind`. All parts are embedded if the balancer is, otherwise real. */
export function smallPlan(kind: BalancerKind): ClusterPlan {
  const isEmbedded = kind === 'embedded'
  return {
    driver: 'local',
    balancer: {
      kind,
      strategy: 'round-robin',
      drainState: 'maint',
      settings: balancerSettings.parse({}),
      tls: false,
      isEmbedded,
      binary: isEmbedded ? null : findBinary(kind),
      processes: 1,
      sources: [],
    },
    nodes: 2,
    maxNodes: 3,
    bridge: 'redis-pubsub',
    broker: {
      kind: 'redis',
      isEmbedded,
      binary: isEmbedded ? null : findBinary('redis-server'),
      isProxied: false,
    },
    brokerPatienceMs: 10_000,
    drain: { mode: 'close', windowMs: 500 },
  }
}
