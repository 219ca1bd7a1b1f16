import { quantity } from '../base/fields.js'
import { duration, ratio } from '../base/quantity.js'

/** How long an event's effects are measured after the event itself is over, ms. */
export const AFTERMATH_MS = 10_000

/** The argument `for`. */
export const lasting = quantity(duration, { from: '1ms', to: '24h' })
  .prefault('5s')
  .describe('how long it lasts; it ends with the measure phase at the latest')

/** The argument `downtime`. */
export const downtime = quantity(duration, { to: '1h' })
  .prefault('2s')
  .describe('how long it is down before it is started again')

/** The argument `share`. */
export const shareOfClients = quantity(ratio, { from: '0.001%', to: '100%' })
  .prefault('100%')
  .describe('of the clients; which ones follows from the seed')
