import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { AFTERMATH_MS, lasting, shareOfClients } from './span.js'

/** Slow consumers: messages to them pile up, first in the kernels' buffers, then in their node. */
export const clientStall: ChaosEvent<{ readonly share: number; readonly for: number }> = {
  kind: 'client-stall',
  summary: 'make clients stop reading for a while; their connections stay open',
  explains: { disconnects: true, lossesInFlight: 'none' },
  worksOnTargets: true,
  arguments: z.strictObject({ share: shareOfClients, for: lasting }),
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(_cluster, action, { wait, disturb }) {
    const endDisturbance = disturb({ kind: 'stall', share: action.share })
    await wait(action.for)
    endDisturbance()
  },
}
