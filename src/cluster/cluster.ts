import type { PathShape } from '../../reference-cluster/proxy/contract.js'
/**
 * A cluster, as chaos, generator and reports see it. Drivers (local, compose, target) implement it; whoever starts it must
 * call `down`.
 */
export interface Cluster {
  readonly info: ClusterInfo
  /** Where clients connect; they are spread evenly over the endpoints. */
  readonly endpoints: readonly Endpoint[]
  /** The broker, for publishers `via: backend`; null when the bridge is `none`. */
  readonly brokerUrl: string | null
  /** Nodes that are up or draining, in start order. */
  readonly nodes: readonly ClusterNode[]
  /** Starts `count` more nodes and, once all are ready, adds them to the balancer's pool. */
  addNodes(count: number): Promise<readonly ClusterNode[]>
  /** SIGKILL. Resolves when the process is gone. The balancer has to notice by itself. */
  killNode(id: string): Promise<void>
  /**
   * Removes it from the balancer's pool, then sends SIGTERM: the node sends its clients away by its drain mode, and exits.
   * Resolves when the process is gone.
   */
  drainNode(id: string): Promise<void>
  /**
   * Starts a node that is gone again: same id, slot and address. Resolves once it is ready and, if it had been drained, back
   * in the pool. If it was killed, it had never left the pool.
   */
  restartNode(id: string): Promise<void>
  /** Suspends a node or `broker`; its connections stay open. */
  freeze(part: string): Promise<void>
  /** Resumes it after `freeze`; does nothing when it is gone. */
  thaw(part: string): Promise<void>
  /** Whether a node, `broker` or `balancer` answers a new request within `withinMs`; one that has ended does not. */
  answers(part: string, withinMs: number): Promise<boolean>
  /** How long the broker takes to answer over a node's path; null: longer than `withinMs`. Needs a plan with the proxy. */
  brokerAnswerMs(nodeId: string, withinMs: number): Promise<number | null>
  /**
   * Reloads the unchanged configuration. Resolves once only the new one accepts connections, with what shows that.
   */
  reloadBalancer(): Promise<string>
  /** How long after a reload of the balancer the connections that were open end, ms; null: they stay. */
  readonly reloadCutsAfterMs: number | null
  /** SIGKILL to all its processes. */
  killBalancer(): Promise<void>
  /** Starts a killed balancer again, with the same endpoints and pool. Resolves once it is healthy. */
  startBalancer(): Promise<void>
  /** SIGKILL. */
  killBroker(): Promise<void>
  /** Starts a killed broker again, at its address; a Redis has lost its data. */
  startBroker(): Promise<void>
  /** Closes every connection to the broker, once. Resolves with how many. */
  disconnectBroker(): Promise<number>
  /** Sets the shape of the paths between these nodes and the broker. Needs a plan with the proxy. */
  shapeBrokerPath(nodeIds: readonly string[], shape: PathShape): Promise<void>
  /** Current memory and CPU time of each part; parts that can't be read are left out. */
  sample(): Promise<readonly PartSample[]>
  /** Parts that ended by themselves, with the last lines of their log. */
  readonly unexpectedExits: readonly UnexpectedExit[]
  /** When nodes were out of the balancer's pool because of `drainNode`, in order. */
  readonly poolRemovals: readonly PoolRemoval[]
  /** Ends every process and removes the run directory. Safe to call twice. */
  down(): Promise<void>
}

export interface ClusterInfo {
  readonly driver: 'local' | 'compose' | 'target'
  readonly balancer: {
    readonly kind: string
    readonly strategy: string
    readonly isEmbedded: boolean
    readonly version: string
  }
  readonly broker: { readonly kind: string; readonly isEmbedded: boolean; readonly version: string } | null
  readonly bridge: string
}

export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly path: string
  /** null: plain TCP. */
  readonly tls: EndpointTls | null
  /** IP addresses of the host, which connections use in turn. Absent: the host is one. */
  readonly addresses?: readonly string[]
}

/** TLS settings of a client. `ca`, `cert` and `key` are PEM texts. */
export interface EndpointTls {
  /** The CA to trust; null: those that Node trusts. */
  readonly ca: string | null
  /** The client's own certificate and its key. */
  readonly cert?: string
  readonly key?: string
  /** Sent as SNI, and the name that the certificate must have; the host unless given. */
  readonly serverName?: string
  /** Accept any certificate. */
  readonly isInsecure?: boolean
}

export interface ClusterNode {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly state: 'up' | 'draining'
}

export interface PartSample {
  /** `balancer`, `broker`, `n1`, … */
  readonly part: string
  readonly rssBytes: number
  /** User and system time since start. */
  readonly cpuMicros: number
}

/** From the removal of a node from the balancer's pool until it is added again; µs of CLOCK_MONOTONIC. */
export interface PoolRemoval {
  readonly node: string
  readonly fromMicros: number
  /** null: it was not added again. */
  readonly untilMicros: number | null
}

export interface UnexpectedExit {
  readonly part: string
  readonly atMicros: number
  readonly how: string
  readonly logTail: string
}
