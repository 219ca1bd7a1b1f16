import { z } from 'zod'
import type { ChaosEvent } from './event.js'

/** The broker dies and stays dead: clients keep their connections, and nothing crosses them any more. */
export const brokerKill: ChaosEvent<Record<string, never>> = {
  kind: 'broker-kill',
  summary: 'SIGKILL the broker; it stays dead',
  explains: { disconnects: false, lossesInFlight: 'any', isForGood: true },
  arguments: z.strictObject({}),
  needs: ['broker'],
  windowMs: () => 15_000,
  async inject(cluster, _action, { affect }) {
    affect([])
    await cluster.killBroker()
  },
}
