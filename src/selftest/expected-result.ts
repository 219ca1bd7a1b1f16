import type { DeliveryClass } from '../results/delivery/types.js'

/** Counts of one cell, by the names that `Result` has for them. */
export type Counts = Record<DeliveryClass, number>

/** The lying server's ledger, summed up: what a result must say, figure by figure. */
export interface ExpectedResult {
  readonly total: Counts
  readonly byChannel: Record<string, Counts>
  readonly byPhase: Record<string, Counts>
  readonly byNode: Record<string, Counts>
  readonly unexpected: number
  readonly published: {
    readonly sent: number
    readonly acked: number
    readonly failed: number
    readonly refused: number
    readonly unacked: number
    readonly unackedDelivered: number
  }
  readonly connections: {
    readonly opened: number
    readonly reconnects: number
    readonly closeCodes: Record<string, number>
  }
  readonly affinity: { readonly reconnectedSameNode: number; readonly reconnectedOtherNode: number }
  /** The least time by which a message came after the edge of a class (see Margin). */
  readonly closestMicros: number
}

export function noCounts(): Counts {
  return {
    planned: 0,
    unpublished: 0,
    neverSubscribed: 0,
    indeterminate: 0,
    due: 0,
    delivered: 0,
    replayed: 0,
    lostInFlight: 0,
    lostOnDisconnect: 0,
    lostWhileOffline: 0,
    falseRecovery: 0,
    missingAtBoundary: 0,
    reordered: 0,
    duplicateInEpoch: 0,
    duplicateAcrossEpochs: 0,
  }
}
