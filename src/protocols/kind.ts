import type { z } from 'zod'
import type { Protocol } from './protocol.js'

type Placeholder = 'channel' | 'payload' | 'sequence' | 'id' | 'any' | 'taken'

/** A built-in protocol: the schema of the settings beside `kind:`, and what creates the protocol from them. */
export interface ProtocolKind<Options> {
  readonly summary: string
  readonly options: z.ZodType<Options>
  /** Settings to look at first when the server refuses a subscription, or a message; none: all of them. */
  readonly decisive?: { readonly subscribe: readonly string[]; readonly publish: readonly string[] }
  /**
   * The placeholders that the protocol fills in, by setting. A setting with `payload` must contain it: a message without its
   * payload is never counted. A setting within another one is named `ping.send`. `any`: in what is compared with a frame. `taken`: the
   * values of `takenBy`, as `{taken:name}`.
   */
  readonly placeholders: Readonly<Record<string, readonly Placeholder[]>>
  /** Settings whose `{channel}` is the client's only one. */
  readonly ofConnection?: readonly string[]
  /** Names of the values that are taken from what the server says. */
  readonly takenBy?: (options: Options) => readonly string[]
  /** Keys whose text may have braces of its own. */
  readonly literalKeys?: readonly string[]
  create(options: Options): Protocol
}
