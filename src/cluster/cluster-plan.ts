import type { BrokerKind } from '../../reference-cluster/node/bridges/bridge.js'
import type { BridgeKind, DrainModeName } from '../../reference-cluster/node/contract.js'
import type { AffinityName } from './affinity/index.js'
import type { DrainState } from './balancers/balancer.js'
import type { BalancerKind } from './balancers/index.js'
import type { BalancerSettings } from './balancers/settings.js'

export interface ClusterPlan {
  readonly driver: 'local' | 'compose'
  readonly balancer: {
    readonly kind: BalancerKind
    readonly strategy: AffinityName
    readonly isEmbedded: boolean
    /** Absolute path of the real binary; null when embedded or in a container. */
    readonly binary: string | null
    readonly drainState: DrainState
    readonly settings: BalancerSettings
    /** Whether it terminates TLS, with a certificate made for the run. */
    readonly tls: boolean
    /** nginx: worker processes. haproxy, embedded: processes, each with a port of its own. */
    readonly processes: number
    /** Addresses it connects to nodes from, used in turn; empty: the kernel chooses one. */
    readonly sources: readonly string[]
  }
  /** Number of nodes at the start; their ids are n1 … n<nodes>. */
  readonly nodes: number
  /** Number of nodes including those of scale-out events: balancers declare this many slots. */
  readonly maxNodes: number
  readonly bridge: BridgeKind
  /** null for bridge `none`. */
  readonly broker: {
    readonly kind: BrokerKind
    readonly isEmbedded: boolean
    readonly binary: string | null
    /** Whether nodes reach it through a proxy, which is only there if an event needs it. */
    readonly isProxied: boolean
  } | null
  /** How long nodes, and publishers `via: backend`, wait for an answer of the broker before they reconnect. */
  readonly brokerPatienceMs: number
  readonly drain: { readonly mode: DrainModeName; readonly windowMs: number }
}

/** The plan's cluster when there is a target, which has no parts that wsbench runs. */
export interface NoClusterPlan {
  readonly driver: 'target'
  readonly balancer: {
    readonly kind: 'none'
    readonly strategy: 'none'
    readonly isEmbedded: false
    readonly binary: null
    readonly tls: boolean
    readonly processes: 0
    readonly sources: readonly []
  }
  readonly nodes: 0
  readonly maxNodes: 0
  readonly bridge: 'none'
  readonly broker: null
  readonly brokerPatienceMs: 0
  readonly drain: { readonly mode: 'close'; readonly windowMs: 0 }
}

/** The plan of the cluster that wsbench runs itself. Throws when there is a target: calling it then is a bug. */
export function localClusterPlan(cluster: ClusterPlan | NoClusterPlan): ClusterPlan {
  if (cluster.driver === 'target') throw new TypeError('a target has no cluster plan')
  return cluster
}
