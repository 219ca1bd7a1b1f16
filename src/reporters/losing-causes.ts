import { entry } from '../base/records.js'
import type { losses } from '../results/delivery/types.js'
import type { Delivery, EventResult } from '../results/result.js'
import { formatShare, plural } from './format.js'

/** The classes of losses in words. */
export const lossNames = {
  lostInFlight: 'in flight',
  lostOnDisconnect: 'at break',
  lostWhileOffline: 'offline',
  falseRecovery: 'false recovery',
} as const satisfies Record<(typeof losses)[number], string>

/** How much no loss proves: `loss rate below 19 % at 95 % confidence, from 14 messages`; null: nothing was due. */
export function lossBoundWords({ lossBound95, lossBoundWithheld, published }: Delivery): string | null {
  if (lossBound95 === null) return lossBoundWithheld ? `no bound: ${lossBoundWithheld}` : null
  const bound = `loss rate below ${formatShare(lossBound95, 2)} at 95 % confidence`
  return `${bound}, from ${plural(published.acked, 'message')}`
}

/** Causes that cost something, in the order of their events, those of none last. */
export function losingCauses({ byCause }: Delivery, events: readonly EventResult[]): string[] {
  const causes = new Set([...events.map(({ id }) => id), ...Object.keys(byCause)])
  return [...causes].filter((cause) => (entry(byCause, cause)?.lost ?? 0) > 0)
}
