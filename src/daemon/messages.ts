import { z } from 'zod'
import type { ExitName } from '../base/exit-codes.js'
import type { ClusterInfo, ClusterNode } from '../cluster/cluster.js'

/** Messages on the daemon's control socket: one request per connection, then replies, each a line of JSON. */
export const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('status') }),
  /** `settings` are `name=value`, the value as in a scenario. The event ends early if the connection closes. */
  z.strictObject({
    type: z.literal('chaos'),
    event: z.string().max(100),
    settings: z.array(z.string().max(10_000)).max(100),
  }),
  /** The connection closes when nothing of the cluster is left. */
  z.strictObject({ type: z.literal('down') }),
])

export type Request = Readonly<z.output<typeof requestSchema>>

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
  /** Parts that ended by themselves: `n2 (SIGKILL)`. */
  readonly unexpectedExits: readonly string[]
}

export interface NodeStatus extends ClusterNode {
  /** Connections now, the others since its start; null if it did not answer. */
  readonly stats: {
    readonly connections: number
    readonly accepted: number
    readonly published: number
    /** Connections closed as slow consumers. */
    readonly backlogDisconnects: number
  } | null
}
