import { z } from 'zod'
import { bridges } from './bridges/index.js'
import type { BridgeKind, NodeConfig } from './contract.js'

const kinds = Object.keys(bridges) as [BridgeKind, ...BridgeKind[]]

/** What a node accepts as its configuration. */
export const nodeConfig: z.ZodType<NodeConfig> = z
  .strictObject({
    id: z.string().regex(/^[\w-]+$/, 'letters, digits, _ and -: it goes into a header'),
    index: z.int().min(0).max(0xfffe),
    host: z.string(),
    port: z.int().min(0).max(65_535),
    bridge: z.enum(kinds),
    brokerUrl: z.url({ protocol: /^redis$/ }).nullable(),
    drain: z.strictObject({ mode: z.literal('close'), windowMs: z.number().min(0) }),
    maxBacklogBytes: z.int().positive(),
  })
  .refine((config) => (bridges[config.bridge].broker === null) === (config.brokerUrl === null), {
    error: 'brokerUrl is given exactly when the bridge needs a broker',
    path: ['brokerUrl'],
  })
