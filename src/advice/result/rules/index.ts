import type { ResultRule } from '../rule.js'
import { addressHash } from './address-hash.js'
import { drainState } from './drain-state.js'
import { handover } from './handover.js'
import { heartbeat } from './heartbeat.js'
import { reconnectCap } from './reconnect-cap.js'
import { resume } from './resume.js'
import { staggeredDrain } from './staggered-drain.js'

export const resultRules: readonly ResultRule[] = [
  handover,
  resume,
  drainState,
  staggeredDrain,
  addressHash,
  reconnectCap,
  heartbeat,
]
