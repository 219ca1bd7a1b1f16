import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { shareOfClients } from './span.js'

/** A network outage of a moment: all connections end at once, and clients reconnect by their back-off. */
export const reconnectStorm: ChaosEvent<{ readonly share: number }> = {
  kind: 'reconnect-storm',
  summary: 'disconnect clients, all at once',
  explains: { disconnects: true, lossesInFlight: 'none' },
  worksOnTargets: true,
  arguments: z.strictObject({ share: shareOfClients }),
  cuts: ({ share }) => ({ everyMs: null, share }),
  windowMs: () => 15_000,
  async inject(_cluster, action, { disturb }) {
    disturb({ kind: 'cut', share: action.share })
  },
}
