import type { z } from 'zod'
import type { Protocol } from './protocol.js'

/** A built-in protocol: the schema of the settings beside `kind:`, and what creates the protocol from them. */
export interface ProtocolKind<Options> {
  readonly summary: string
  readonly options: z.ZodType<Options>
  /** Settings to look at first when the server refuses a subscription, or a message; none: all of them. */
  readonly decisive?: { readonly subscribe: readonly string[]; readonly publish: readonly string[] }
  /**
   * The placeholders that the protocol fills in, by setting. A setting with `payload` must contain it: a message without its
   * payload is never counted.
   */
  readonly placeholders: Readonly<Record<string, readonly ('channel' | 'payload')[]>>
  /** Keys whose text may have braces of its own. */
  readonly literalKeys?: readonly string[]
  create(options: Options): Protocol
}
