import { z } from 'zod'
import { bridges } from './bridges/index.js'
import type { BridgeKind, DrainModeName, NodeConfig } from './contract.js'
import { drainModes } from './drains/index.js'

const kinds = Object.keys(bridges) as [BridgeKind, ...BridgeKind[]]
const modes = Object.keys(drainModes) as [DrainModeName, ...DrainModeName[]]

/** Validates the configuration of a node. */
export const nodeConfig: z.ZodType<NodeConfig> = z
  .strictObject({
    id: z.string().regex(/^[\w-]+$/, 'letters, digits, _ and - only: it becomes a header value'),
    index: z.int().min(0).max(0xfffe),
    host: z.string(),
    port: z.int().min(0).max(65_535),
    bridge: z.enum(kinds),
    brokerUrl: z.url().nullable(),
    brokerPatienceMs: z.number().positive(),
    drain: z.strictObject({ mode: z.enum(modes), windowMs: z.number().min(0) }),
    maxBacklogBytes: z.int().positive(),
  })
  .refine(({ bridge, brokerUrl }) => bridges[bridge].broker === schemeOf(brokerUrl), {
    error: 'brokerUrl must be of the broker that the bridge needs, or null when it needs none',
    path: ['brokerUrl'],
  })

function schemeOf(url: string | null): string | null {
  return url === null ? null : new URL(url).protocol.replace(':', '')
}
