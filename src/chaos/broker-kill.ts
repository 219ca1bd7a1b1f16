import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { showGone } from './evidence.js'

/** Clients keep their connections, but receive nothing more. */
export const brokerKill: ChaosEvent<Record<string, never>> = {
  kind: 'broker-kill',
  summary: 'SIGKILL the broker; it is not started again',
  explains: { disconnects: false, lossesInFlight: 'any', isForGood: true },
  arguments: z.strictObject({}),
  needs: ['broker'],
  windowMs: () => 15_000,
  async inject(cluster, _action, { observe }) {
    await cluster.killBroker()
    observe(await showGone(cluster, 'broker'))
  },
}
