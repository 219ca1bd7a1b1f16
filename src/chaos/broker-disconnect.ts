import { z } from 'zod'
import { setupError } from '../base/errors.js'
import type { ChaosEvent } from './event.js'

/** The broker keeps running, but every subscriber has to reconnect and subscribe again. */
export const brokerDisconnect: ChaosEvent<Record<string, never>> = {
  kind: 'broker-disconnect',
  summary: 'close every connection to the broker once',
  explains: { disconnects: false, lossesInFlight: 'any' },
  arguments: z.strictObject({}),
  needs: ['broker-disconnect'],
  windowMs: () => 15_000,
  async inject(cluster, _action, { observe }) {
    const closed = await cluster.disconnectBroker()
    if (closed === 0) throw setupError('the broker had no connection to close')
    observe(`connections closed by the broker: ${closed}`)
  },
}
