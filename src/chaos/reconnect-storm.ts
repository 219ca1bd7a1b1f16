import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { shareOfClients } from './span.js'

/** A network blip: clients lose their connections in one moment and come back as their back-off has it. */
export const reconnectStorm: ChaosEvent<{ readonly share: number }> = {
  kind: 'reconnect-storm',
  summary: 'cut clients all at once',
  explains: { disconnects: true, lossesInFlight: 'none' },
  worksOnTargets: true,
  arguments: z.strictObject({ share: shareOfClients }),
  cuts: ({ share }) => ({ everyMs: null, share }),
  windowMs: () => 15_000,
  async inject(_cluster, action, { affect, disturb }) {
    affect([])
    disturb({ kind: 'cut', share: action.share })
  },
}
