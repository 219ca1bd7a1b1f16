import type { DrainMode } from './drain-mode.js'
import { endWithin, sendAway } from './leave.js'

export const close: DrainMode = {
  summary: '1001 to every client at once',
  awaitsQuiet: false,
  async drain(clients, windowMs) {
    for (const client of clients) sendAway(client)
    await endWithin(clients, windowMs)
  },
}
