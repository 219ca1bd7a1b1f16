import type { DeliveryCounts } from '../results/delivery/types.js'
import type { Result } from '../results/result.js'

/** What a result must say, according to what the faulty server logged. */
export interface ExpectedResult {
  readonly total: DeliveryCounts
  readonly byChannel: Record<string, DeliveryCounts>
  readonly byPhase: Record<string, DeliveryCounts>
  readonly byNode: Record<string, DeliveryCounts>
  readonly unexpected: number
  readonly corrupted: number
  readonly malformed: number
  readonly published: Result['delivery']['published']
  readonly connections: Pick<Result['connections'], 'opened' | 'reconnects' | 'closeCodes'>
  readonly affinity: { readonly reconnectedSameNode: number; readonly reconnectedOtherNode: number }
  /**
   * The shortest time from a class boundary to a message: the start of a subscription, its end, or its end less the grace
   * period. The generator notices each of these after the server. If it is later than this, it may classify a message
   * differently.
   */
  readonly closestMicros: number
}
