import type { Explains } from '../../chaos/event.js'

/**
 * The data of delivery accounting (docs/delivery.md): what publishers did, where subscribers were, what came of each
 * planned message. Times are µs of CLOCK_MONOTONIC.
 */

/** failed: never written, the publisher had no connection. refused: the server answered that it did not take it. */
export const outcomes = { failed: 0, unacked: 1, acked: 2, refused: 3 } as const

/**
 * Every scheduled send of one stream, whether or not it could be made: the message with sequence s is at index s − 1.
 * `sentMicros` never decreases; of a failed message it is when it should have been written.
 */
export interface StreamLedger {
  /** Index of the publisher, which is the stream's. */
  readonly stream: number
  readonly sentMicros: Float64Array
  readonly outcome: Uint8Array
  /** By span of the plan's phases: index of the first message that was meant to be sent in it or later. */
  readonly spanStarts: Uint32Array
  /** The publisher's connections that messages went out on, in order. None overlap. */
  readonly connections: readonly PublisherConnection[]
}

export interface PublisherConnection {
  /** Name of the node; null: it writes straight to the broker. */
  readonly node: string | null
  readonly fromMicros: number
  /** When it ended, or was left for the next; Infinity while it lasts. */
  readonly untilMicros: number
}

/** Messages of one stream that were unacked or refused, yet received by somebody: due to all its subscribers. */
export interface UnackedDelivered {
  readonly stream: number
  /** Ascending. */
  readonly sequences: Uint32Array
}

/** What became of a planned delivery, and how it came. The order is that of the counts below. */
export const deliveryClasses = [
  'planned',
  'unpublished',
  'neverSubscribed',
  'indeterminate',
  'due',
  'delivered',
  'late',
  'replayed',
  'lostInFlight',
  'lostOnDisconnect',
  'lostWhileOffline',
  'falseRecovery',
  'missingAtBoundary',
  'reordered',
  'duplicateInEpoch',
  'duplicateAcrossEpochs',
] as const

export type DeliveryClass = (typeof deliveryClasses)[number]
export type DeliveryCounts = Record<DeliveryClass, number>

/** The classes of planned deliveries that the cluster did not owe. With `due` they add up to `planned` in every cell. */
export const notDue = [
  'unpublished',
  'neverSubscribed',
  'indeterminate',
] as const satisfies readonly DeliveryClass[]

/** The classes that add up to `due` in every cell. */
export const partition = [
  'delivered',
  'late',
  'replayed',
  'lostInFlight',
  'lostOnDisconnect',
  'lostWhileOffline',
  'falseRecovery',
  'missingAtBoundary',
] as const satisfies readonly DeliveryClass[]

/** The classes that are losses. */
export const losses = [
  'lostInFlight',
  'lostOnDisconnect',
  'lostWhileOffline',
  'falseRecovery',
] as const satisfies readonly DeliveryClass[]

export function emptyCounts(): DeliveryCounts {
  return Object.fromEntries(deliveryClasses.map((name) => [name, 0])) as DeliveryCounts
}

/** Cause of a loss that no event explains. */
export const UNEXPLAINED = 'unexplained'

/** A chaos event as the classification sees it. */
export interface CauseWindow {
  /** `node-kill#1` */
  readonly id: string
  readonly explains: Explains
  readonly startedMicros: number
  /** What happens later is no longer its effect: its finish plus the grace period. */
  readonly untilMicros: number
  /** When it acted on which node, by name, and until when its effects there are its own; empty: on none in particular. */
  readonly turns: readonly {
    readonly node: string
    readonly startedMicros: number
    readonly untilMicros: number
  }[]
  /** Until when it may have ended connections to any node, because the balancer was reloaded for it; null: it was not. */
  readonly cutsAllUntilMicros: number | null
  /** When the balancer's pool was another one because of it; null where it leaves the pool as it is. */
  readonly poolChangedMicros: number | null
}

/** What one worker, or all of them together, found. Every breakdown of `total` sums to it, class by class. */
export interface DeliveryReport {
  readonly total: DeliveryCounts
  /** Of deliveries that did not happen; the other classes have no cause and stay 0. */
  readonly byCause: Record<string, DeliveryCounts>
  /** By the time at which the message was meant to be sent. */
  readonly byPhase: Record<string, DeliveryCounts>
  readonly byChannel: Record<string, DeliveryCounts>
  /**
   * By the node the subscriber was on, or had been on last, when the message was sent. What was sent before its first
   * subscription is of no node, so that planned deliveries by node may sum to less than their total.
   */
  readonly byNode: Record<string, DeliveryCounts>
  /** Losses that nothing explains, by the events that were under way as the message was sent: a remark, not a cause. */
  readonly unexplainedDuring: Record<string, number>
  /** Losses by the second of their send time, from the start of the measure phase (negative: warm-up). */
  readonly lostBySecond: Record<number, number>
  /** Send time of the last message that anybody received; −Infinity: none. */
  readonly lastDeliveredMicros: number
  /** Copies nobody may get: never published, other run, a channel not subscribed. */
  readonly unexpected: number
  /** Copies of the other classes whose body is not the one that was published. */
  readonly corrupted: number
  /** Messages whose tag can't be read. Which ones they were is not known: they are missing. */
  readonly malformed: number
  /** First copies of messages sent before the subscriber's first epoch: `neverSubscribed`, although they came. */
  readonly beforeDue: number
  /** Due, and whether they came can't be told, as the memory for gaps was full. They are among `delivered`. */
  readonly ambiguous: number
  /** Clients with channels that were not subscribed once in the whole run. */
  readonly clientsNeverSubscribed: number
  /** First copies of due messages counted as they came; must equal delivered + late + replayed, of which delivered is derived. */
  readonly firstCopies: number
}

/**
 * Of a worker's subscribers while the run goes on. `missing` counts messages that a later one of their stream has overtaken
 * and that did not come since: which class each will be in is known at the end. The others are of the whole run.
 */
export interface DeliveryProgress {
  readonly missing: number
  /** Of these, what the first copy after a break left out; the others went missing while connected. */
  readonly missingAcrossDisconnects: number
  readonly replayed: number
  readonly reordered: number
  readonly duplicates: number
  readonly unexpected: number
}
