import type { bridges } from './bridges/index.js'
import type { drainModes } from './drains/index.js'

/** How a node is started, and the messages between it and its parent. */

/** JSON in the environment variable WSBENCH_NODE. */
export interface NodeConfig {
  /** `n1`, `n2`, …; sent in the 101 response and in /stats. */
  readonly id: string
  /** Position in the cluster, from 0; written into messages as ingress and egress node. */
  readonly index: number
  readonly host: string
  /** 0: any free port; `ready` says which. */
  readonly port: number
  readonly bridge: BridgeKind
  /** `redis://host:port` or `nats://host:port`; null for bridge `none`. */
  readonly brokerUrl: string | null
  /** How long its bridge waits for an answer of the broker before it reconnects. */
  readonly brokerPatienceMs: number
  readonly drain: { readonly mode: DrainModeName; readonly windowMs: number }
  /** A client with a larger unread backlog is disconnected (close code 1013) and counted. */
  readonly maxBacklogBytes: number
}

export type BridgeKind = keyof typeof bridges
export type DrainModeName = keyof typeof drainModes

/** Node → parent over IPC. `ready` is sent once the node listens and its broker subscription is confirmed. */
export type FromNode =
  | { readonly type: 'ready'; readonly id: string; readonly port: number }
  | { readonly type: 'drained'; readonly id: string; readonly closed: number }
  | { readonly type: 'fault'; readonly message: string }

/**
 * Parent → node over IPC. `withhold` is for tests: the node leaves out this share of its deliveries, each at random, and counts
 * them as `withheld` in /stats.
 */
export type ToNode = { readonly type: 'withhold'; readonly share: number }
