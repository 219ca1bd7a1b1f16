import type { PathShape } from '../../reference-cluster/proxy/contract.js'
/**
 * A cluster seen from outside: all that chaos, generator and reports may know of it. Drivers (local, compose, target)
 * implement it; the caller owns it from `up` to `down`.
 */
export interface Cluster {
  readonly info: ClusterInfo
  /** Where clients connect; spread evenly over them. */
  readonly endpoints: readonly Endpoint[]
  /** Broker for publishers that go `via: backend`; null when the bridge is `none`. */
  readonly brokerUrl: string | null
  /** Nodes that are up or draining, in order of birth. */
  readonly nodes: readonly ClusterNode[]
  /** Starts `count` more nodes and, once each is ready, puts them into the balancer's pool. */
  addNodes(count: number): Promise<readonly ClusterNode[]>
  /** SIGKILL. Resolves when the process is gone. The balancer is not told. */
  killNode(id: string): Promise<void>
  /**
   * Out of the balancer's pool, then SIGTERM, on which it sends its clients away as its mode has it, and exits. Resolves
   * when the process is gone.
   */
  drainNode(id: string): Promise<void>
  /**
   * A new process in the place of a node that is gone: same id, slot and address. Resolves once it is ready and, had it
   * been taken out of the pool, back in it; of one that was killed the balancer is not told.
   */
  restartNode(id: string): Promise<void>
  /** Stops a node or `broker` where it stands: its sockets stay open. */
  freeze(part: string): Promise<void>
  /** Lets it go on; nothing when it is gone. */
  thaw(part: string): Promise<void>
  /** Reloads the unchanged configuration. Resolves once only the new one takes connections; open ones stay. */
  reloadBalancer(): Promise<void>
  /** SIGKILL of all its processes. */
  killBalancer(): Promise<void>
  /** Starts a balancer that was killed, at its endpoints and with the pool it had. Resolves once it is healthy. */
  startBalancer(): Promise<void>
  /** SIGKILL. */
  killBroker(): Promise<void>
  /** Starts a broker that was killed, at its address; it comes back empty. */
  startBroker(): Promise<void>
  /** Cuts every connection to the broker, once. */
  disconnectBroker(): Promise<void>
  /** How the paths between these nodes and the broker are from now on. Needs the proxy of a plan that has it. */
  shapeBrokerPath(nodeIds: readonly string[], shape: PathShape): Promise<void>
  /** Figures of each part now; parts that can't be read are left out. */
  sample(): Promise<readonly PartSample[]>
  /** Parts that ended without being asked to, with the last lines of their log. */
  readonly unexpectedExits: readonly UnexpectedExit[]
  /** When nodes were out of the balancer's pool by `drainNode`, in order. */
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
  /** User + system since start. */
  readonly cpuMicros: number
}

/** µs of CLOCK_MONOTONIC. From when the balancer is told that a node leaves until it is told that it is back. */
export interface PoolRemoval {
  readonly node: string
  readonly fromMicros: number
  /** Null: it never came back. */
  readonly untilMicros: number | null
}

export interface UnexpectedExit {
  readonly part: string
  readonly atMicros: number
  readonly how: string
  readonly logTail: string
}
