import { z } from 'zod'
import type { ChaosEvent } from './event.js'

/** The broker keeps running, but every subscriber has to reconnect and subscribe again. */
export const brokerDisconnect: ChaosEvent<Record<string, never>> = {
  kind: 'broker-disconnect',
  summary: 'close every connection to the broker once',
  explains: { disconnects: false, lossesInFlight: 'any' },
  arguments: z.strictObject({}),
  needs: ['broker-disconnect'],
  windowMs: () => 15_000,
  async inject(cluster) {
    await cluster.disconnectBroker()
  },
}
