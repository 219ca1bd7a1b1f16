import type { ExitName } from '../base/exit-codes.js'
import type { ClusterInfo, ClusterNode } from '../cluster/cluster.js'

/** What is said over the control socket of a standing cluster: one request a connection, then replies, a line of JSON each. */
export type Request =
  | { readonly type: 'status' }
  /** `settings` are `name=value`, the value as a scenario would have it. It ends early when the connection closes. */
  | { readonly type: 'chaos'; readonly event: string; readonly settings: readonly string[] }
  /** The connection closes once nothing is left. */
  | { readonly type: 'down' }

export type Reply =
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'done' }
  | {
      readonly type: 'refused'
      readonly message: string
      readonly hint: string | null
      readonly exit: ExitName
    }

export interface Status {
  readonly pid: number
  /** ISO 8601 */
  readonly since: string
  readonly cluster: ClusterInfo
  readonly urls: readonly string[]
  readonly brokerUrl: string | null
  readonly nodes: readonly NodeStatus[]
  /** Parts that ended without being asked to: `n2 (SIGKILL)`. */
  readonly unexpectedExits: readonly string[]
}

export interface NodeStatus extends ClusterNode {
  /** Of now, and since its start; null when it did not answer. */
  readonly stats: {
    readonly connections: number
    readonly accepted: number
    readonly published: number
    /** Clients cut off for not reading. */
    readonly backlogDisconnects: number
  } | null
}
