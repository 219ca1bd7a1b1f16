import type { z } from 'zod'
import type { Protocol } from './protocol.js'

/** A protocol that wsbench knows by name: the settings that stand beside `kind:`, and what they make. */
export interface ProtocolKind<Options> {
  readonly summary: string
  readonly options: z.ZodType<Options>
  create(options: Options): Protocol
}
