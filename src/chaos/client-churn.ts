import { z } from 'zod'
import { quantity } from '../base/fields.js'
import { duration } from '../base/quantity.js'
import type { ChaosEvent } from './event.js'
import { AFTERMATH_MS, lasting } from './span.js'

interface ChurnArguments {
  readonly every: number
  readonly offline: number
  readonly for: number
}

/**
 * Mobile users: once in each period of `every`, at a time of its own, each client is disconnected and stays offline for
 * `offline`. Over whole periods it is offline for exactly `offline / every` of the time.
 */
export const clientChurn: ChaosEvent<ChurnArguments> = {
  kind: 'client-churn',
  summary: 'disconnect each client once in every period of `every` and keep it offline for a while',
  explains: { disconnects: true, lossesInFlight: 'none' },
  worksOnTargets: true,
  arguments: z
    .strictObject({
      every: quantity(duration, { from: '10ms' })
        .prefault('15s')
        .describe('one disconnect in each such period'),
      offline: quantity(duration).prefault('2s').describe('how long a client stays offline'),
      for: lasting,
    })
    .refine(({ every, offline }) => offline < every, {
      path: ['offline'],
      error: 'expected less than every',
    }),
  cuts: (action) => ({ everyMs: action.every, lastsMs: action.for }),
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(_cluster, { every, offline, for: forMs }, { wait, disturb }) {
    const endDisturbance = disturb({ kind: 'churn', everyMs: every, offlineMs: offline, forMs })
    await wait(forMs)
    endDisturbance()
  },
}
