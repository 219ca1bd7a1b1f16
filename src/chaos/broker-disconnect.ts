import { z } from 'zod'
import type { ChaosEvent } from './event.js'

/** The broker lives on, yet every connection to it is cut once: who is subscribed must subscribe again. */
export const brokerDisconnect: ChaosEvent<Record<string, never>> = {
  kind: 'broker-disconnect',
  summary: 'cut every connection to the broker once',
  explains: { disconnects: false, lossesInFlight: 'any' },
  arguments: z.strictObject({}),
  needs: ['broker-disconnect'],
  windowMs: () => 15_000,
  async inject(cluster, _action, { affect }) {
    affect([])
    await cluster.disconnectBroker()
  },
}
