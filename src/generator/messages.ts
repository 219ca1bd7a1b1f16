import type { Disturbance } from '../chaos/disturbance.js'
import type { Endpoint, PoolRemoval } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import type { CauseWindow, StreamLedger, UnackedDelivered } from '../results/delivery/types.js'
import type { PublishedCounts, Tick, WorkerReport } from '../results/worker-records.js'

/**
 * All that parent and workers say to each other, about one message a second each way. Times are µs of CLOCK_MONOTONIC.
 *
 *     init → ready · connect → connected · start → (tick …) → published · ledgers → settled · judge → judged · exit
 *     and, while traffic flows, disturb and calm, which are not answered
 */
export type ToWorker =
  | {
      readonly type: 'init'
      readonly plan: Plan
      readonly run: number
      readonly worker: number
      readonly endpoints: readonly Endpoint[]
      readonly brokerUrl: string | null
    }
  | { readonly type: 'connect' }
  /** The measure phase starts at `measureMicros`; traffic starts warm-up earlier. */
  | { readonly type: 'start'; readonly measureMicros: number }
  /** Stop publishing now: the run is cut short. */
  | { readonly type: 'stop' }
  /** Trouble the clients until `calm` with the same id; who is struck and when follows from `seed`. */
  | {
      readonly type: 'disturb'
      readonly id: number
      readonly seed: number
      readonly disturbance: Disturbance
    }
  | { readonly type: 'endDisturbance'; readonly id: number }
  /** What all workers published. Answer `settled` once each due message came or its deadline passed. */
  | { readonly type: 'ledgers'; readonly ledgers: readonly StreamLedger[] }
  /** Final ledgers (proven outcomes filled in) and what happened when; classify. */
  | {
      readonly type: 'judge'
      readonly unackedDelivered: readonly UnackedDelivered[]
      readonly causes: readonly CauseWindow[]
      readonly poolRemovals: readonly PoolRemoval[]
    }
  | { readonly type: 'exit' }

export type FromWorker =
  | { readonly type: 'ready' }
  /** Every client and publisher has opened once or failed for good. */
  | { readonly type: 'connected' }
  | ({ readonly type: 'tick' } & Tick)
  | {
      readonly type: 'published'
      readonly ledgers: readonly StreamLedger[]
      readonly published: PublishedCounts
    }
  /** Indeterminate messages that at least one of the worker's subscribers received. */
  | { readonly type: 'settled'; readonly unackedDelivered: readonly UnackedDelivered[] }
  | ({ readonly type: 'judged' } & WorkerReport)
  | { readonly type: 'fault'; readonly message: string }
