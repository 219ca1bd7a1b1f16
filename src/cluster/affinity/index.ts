import { cookie } from './cookie.js'
import { ipHash } from './ip-hash.js'
import { leastConnections } from './least-connections.js'
import { roundRobin } from './round-robin.js'
import type { Strategy } from './strategy.js'

/** Every affinity strategy, by the name a scenario uses. */
export const strategies = {
  'round-robin': roundRobin,
  'least-connections': leastConnections,
  'ip-hash': ipHash,
  cookie,
} as const satisfies Record<string, Strategy>

export type AffinityName = keyof typeof strategies
