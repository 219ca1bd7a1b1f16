import type { bridges } from './bridges/index.js'
import type { drainModes } from './drains/index.js'

/** What starts a node and what a node tells its parent: the whole of its outer face, besides the sockets. */

/** JSON in the environment variable WSBENCH_NODE. */
export interface NodeConfig {
  /** `n1`, `n2`, …; sent in the 101 and in /stats. */
  readonly id: string
  /** Position in the cluster from 0; written to messages as ingress and egress node. */
  readonly index: number
  readonly host: string
  /** 0: any free port, told in `ready`. */
  readonly port: number
  readonly bridge: BridgeKind
  /** `redis://host:port` or `nats://host:port`; null for bridge `none`. */
  readonly brokerUrl: string | null
  /** How long its bridge waits for a sign of life of the broker before it makes the connection anew. */
  readonly brokerPatienceMs: number
  readonly drain: { readonly mode: DrainModeName; readonly windowMs: number }
  /** A client whose unread backlog passes this is disconnected (close code 1013) and counted. */
  readonly maxBacklogBytes: number
}

export type BridgeKind = keyof typeof bridges
export type DrainModeName = keyof typeof drainModes

/** Node → parent over IPC. `ready` once it listens and its broker subscription is confirmed. */
export type FromNode =
  | { readonly type: 'ready'; readonly id: string; readonly port: number }
  | { readonly type: 'drained'; readonly id: string; readonly closed: number }
  | { readonly type: 'fault'; readonly message: string }

/**
 * Parent → node over IPC. `mute` is a test's hook: while on, the node takes messages from its broker and gives them to
 * nobody, counting what it withheld in /stats.
 */
export type ToNode = { readonly type: 'mute'; readonly muted: boolean }
