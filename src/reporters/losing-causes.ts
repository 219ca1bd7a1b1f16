import { entry } from '../base/records.js'
import type { losses } from '../results/delivery/types.js'
import type { Delivery, EventResult } from '../results/result.js'

/** The classes of losses in words. */
export const lossNames = {
  lostInFlight: 'in flight',
  lostOnDisconnect: 'at break',
  lostWhileOffline: 'offline',
  falseRecovery: 'false recovery',
} as const satisfies Record<(typeof losses)[number], string>

/** Causes that cost something, in the order of their events, those of none last. */
export function losingCauses({ byCause }: Delivery, events: readonly EventResult[]): string[] {
  const causes = new Set([...events.map(({ id }) => id), ...Object.keys(byCause)])
  return [...causes].filter((cause) => (entry(byCause, cause)?.lost ?? 0) > 0)
}
