import type { Disturbance } from '../chaos/disturbance.js'
import type { PoolRemoval } from '../cluster/cluster.js'
import type { CauseWindow, StreamLedger, UnackedDelivered } from '../results/delivery/types.js'
import type { PublishedCounts, Tick, WorkerReport } from '../results/worker-records.js'
import type { WorkerInit } from './worker-context.js'

/**
 * The messages between parent and workers, about one a second each way. Times are µs of CLOCK_MONOTONIC.
 *
 *     init → ready · connect → connected · start → (tick …) → published · ledgers → settled · judge → judged · exit
 *     and, during traffic, disturb and endDisturbance, which are not answered
 */
export type ToWorker =
  | ({ readonly type: 'init' } & WorkerInit)
  | { readonly type: 'connect' }
  /** The measure phase starts at `measureMicros`; traffic starts earlier by the warm-up. */
  | { readonly type: 'start'; readonly measureMicros: number }
  /** Stop publishing now, because the run is interrupted. */
  | { readonly type: 'stop' }
  /** Disturb the clients until `endDisturbance` with the same event id. Which clients, and when, is drawn from `seed`. */
  | {
      readonly type: 'disturb'
      readonly id: string
      readonly seed: number
      readonly disturbance: Disturbance
    }
  | { readonly type: 'endDisturbance'; readonly id: string }
  /** What all workers published. Answered when every due message was received or its deadline has passed. */
  | { readonly type: 'ledgers'; readonly ledgers: readonly StreamLedger[] }
  /** What is needed to classify the deliveries. */
  | {
      readonly type: 'judge'
      readonly unackedDelivered: readonly UnackedDelivered[]
      readonly causes: readonly CauseWindow[]
      readonly poolRemovals: readonly PoolRemoval[]
    }
  | { readonly type: 'exit' }

export type FromWorker =
  | { readonly type: 'ready' }
  /** Every client has been subscribed and every publisher connected. */
  | { readonly type: 'connected' }
  | ({ readonly type: 'tick' } & Tick)
  | {
      readonly type: 'published'
      readonly ledgers: readonly StreamLedger[]
      readonly published: PublishedCounts
      /** Connections that disturbances cut or paused, by event. */
      readonly disturbed: Readonly<Record<string, number>>
    }
  /** Unacked messages that at least one of the worker's subscribers received. */
  | { readonly type: 'settled'; readonly unackedDelivered: readonly UnackedDelivered[] }
  | ({ readonly type: 'judged' } & WorkerReport)
  | { readonly type: 'fault'; readonly message: string }
