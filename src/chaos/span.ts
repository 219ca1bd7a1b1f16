import { quantity } from '../base/fields.js'
import { duration, ratio } from '../base/quantity.js'

/** How long what an event broke is looked for after the event itself is over, ms. */
export const AFTERMATH_MS = 10_000

/** `for: 2s`: how long the trouble lasts. */
export const lasting = quantity(duration, { from: '1ms', to: '24h' })
  .prefault('5s')
  .describe('how long it lasts; it ends with the measure phase at the latest')

/** `downtime: 2s`. */
export const downtime = quantity(duration, { to: '1h' })
  .prefault('2s')
  .describe('how long it is gone before it is started again')

/** `share: 50%`. */
export const shareOfClients = quantity(ratio, { from: '0.001%', to: '100%' })
  .prefault('100%')
  .describe('of the clients; who they are follows from the seed')
