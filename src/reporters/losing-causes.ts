import type { losses } from '../results/delivery/types.js'

/** The classes of losses in words. */
export const lossNames = {
  lostInFlight: 'in flight',
  lostAtBreak: 'at break',
  missedOffline: 'offline',
  falseRecovery: 'false recovery',
} as const satisfies Record<(typeof losses)[number], string>
