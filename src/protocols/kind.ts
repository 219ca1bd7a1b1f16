import type { z } from 'zod'
import type { Protocol } from './protocol.js'

/** A built-in protocol: the schema of the settings beside `kind:`, and what creates the protocol from them. */
export interface ProtocolKind<Options> {
  readonly summary: string
  readonly options: z.ZodType<Options>
  /** Settings to look at first when the server refuses a subscription, or a message; none: all of them. */
  readonly decisive?: { readonly subscribe: readonly string[]; readonly publish: readonly string[] }
  create(options: Options): Protocol
}
