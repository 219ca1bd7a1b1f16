import type { DrainMode } from './drain-mode.js'
import { endWithin, GRACE_MS, gone, LAST_MS, sendAway } from './leave.js'
import { paced } from './paced.js'

export const handover: DrainMode = {
  summary: 'asks clients to move before the node leaves, evenly over the window',
  awaitsQuiet: true,
  async drain(clients, windowMs) {
    await paced(clients, windowMs, (client) => client.tell({ op: 'reconnect' }))
    await gone(clients, GRACE_MS)
    for (const client of clients) sendAway(client)
    await endWithin(clients, LAST_MS)
  },
}
