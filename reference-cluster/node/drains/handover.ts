import type { Client } from '../client.js'
import type { DrainMode } from './drain-mode.js'
import { endWithin, GRACE_MS, gone, LAST_MS, sendAway } from './leave.js'
import { paced } from './paced.js'

const advice = JSON.stringify({ op: 'reconnect' })

export const handover: DrainMode = {
  summary: 'asks one after the other, evenly over the window, to move before it leaves',
  awaitsQuiet: true,
  async drain(clients, windowMs) {
    await paced(clients, windowMs, advise)
    await gone(clients, GRACE_MS)
    for (const client of clients) sendAway(client)
    await endWithin(clients, LAST_MS)
  },
}

function advise(client: Client): void {
  if (client.isOpen) client.websocket.send(advice)
}
