import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { freezeFor } from './freeze-for.js'
import { AFTERMATH_MS, lasting } from './span.js'

/** SIGSTOP, then SIGCONT: connections stay open, but nothing is delivered. */
export const brokerFreeze: ChaosEvent<{ readonly for: number }> = {
  kind: 'broker-freeze',
  summary: 'stop the broker with SIGSTOP for a while; its connections stay open',
  explains: { disconnects: false, lossesInFlight: 'any' },
  arguments: z.strictObject({ for: lasting }),
  needs: ['broker'],
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(cluster, action, context) {
    await freezeFor(cluster, 'broker', action.for, context)
  },
}
