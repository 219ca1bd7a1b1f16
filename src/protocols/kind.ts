import type { z } from 'zod'
import type { Protocol } from './protocol.js'

/** A built-in protocol: the schema of the settings beside `kind:`, and what creates the protocol from them. */
export interface ProtocolKind<Options> {
  readonly summary: string
  readonly options: z.ZodType<Options>
  create(options: Options): Protocol
}
