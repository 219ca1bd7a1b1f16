import { close } from './close.js'
import type { DrainMode } from './drain-mode.js'
import { handover } from './handover.js'
import { staggered } from './staggered.js'

/** Every drain mode, by the name a scenario uses. */
export const drainModes = { close, staggered, handover } satisfies Record<string, DrainMode>
