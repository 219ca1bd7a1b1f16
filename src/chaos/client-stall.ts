import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { AFTERMATH_MS, lasting, shareOfClients } from './span.js'

/** Slow consumers: what is sent to them piles up, in kernels first and in their node then. */
export const clientStall: ChaosEvent<{ readonly share: number; readonly for: number }> = {
  kind: 'client-stall',
  summary: 'let clients stop reading for a while; their connections stay open',
  explains: { disconnects: true, lossesInFlight: 'none' },
  worksOnTargets: true,
  arguments: z.strictObject({ share: shareOfClients, for: lasting }),
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(_cluster, action, { affect, wait, disturb }) {
    affect([])
    const endDisturbance = disturb({ kind: 'stall', share: action.share })
    await wait(action.for)
    endDisturbance()
  },
}
