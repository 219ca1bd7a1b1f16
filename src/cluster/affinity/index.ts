import { consistentHash } from './consistent-hash.js'
import { cookie } from './cookie.js'
import { ipHash } from './ip-hash.js'
import { leastConnections } from './least-connections.js'
import { randomTwo } from './random-two.js'
import { roundRobin } from './round-robin.js'
import type { Strategy } from './strategy.js'

/** Every affinity strategy, by the name a scenario uses. */
export const strategies = {
  'round-robin': roundRobin,
  'least-connections': leastConnections,
  'random-two': randomTwo,
  'ip-hash': ipHash,
  'consistent-hash': consistentHash,
  cookie,
} as const satisfies Record<string, Strategy>

export type AffinityName = keyof typeof strategies
