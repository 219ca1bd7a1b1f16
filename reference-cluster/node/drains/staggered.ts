import type { DrainMode } from './drain-mode.js'
import { endWithin, GRACE_MS, sendAway } from './leave.js'
import { paced } from './paced.js'

export const staggered: DrainMode = {
  summary: '1001 to one client after the other, evenly over the window',
  awaitsQuiet: true,
  async drain(clients, windowMs) {
    await paced(clients, windowMs, sendAway)
    await endWithin(clients, GRACE_MS)
  },
}
