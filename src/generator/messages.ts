import type { Disturbance } from '../chaos/disturbance.js'
import type { Endpoint, PoolAbsence } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import type { BreakReport } from '../results/delivery/break-report.js'
import type {
  CauseWindow,
  DeliveryReport,
  DeliverySoFar,
  ProvenMessages,
  StreamLedger,
} from '../results/delivery/types.js'

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
  | { readonly type: 'calm'; readonly id: number }
  /** What all workers published. Answer `settled` once each due message came or its deadline passed. */
  | { readonly type: 'ledgers'; readonly ledgers: readonly StreamLedger[] }
  /** Final ledgers (proven outcomes filled in) and what happened when; classify. */
  | {
      readonly type: 'judge'
      readonly proven: readonly ProvenMessages[]
      readonly causes: readonly CauseWindow[]
      readonly absences: readonly PoolAbsence[]
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
  | { readonly type: 'settled'; readonly proven: readonly ProvenMessages[] }
  | ({ readonly type: 'judged' } & Judged)
  | { readonly type: 'fault'; readonly message: string }

export interface PublishedCounts {
  readonly sent: number
  readonly acked: number
  readonly failed: number
  readonly indeterminate: number
}

/** One second of a worker. Counts are of that second unless they say otherwise. */
export interface Tick {
  readonly atMicros: number
  readonly connected: number
  readonly connectedByNode: Record<string, number>
  readonly connects: number
  readonly disconnects: number
  readonly failures: Record<string, number>
  readonly sent: number
  readonly received: number
  /** `received` by the node that it came from. */
  readonly receivedByNode: Record<string, number>
  /** Latency from intended time of the second: pairs of (index into the histogram's counts, count). */
  readonly latency: Uint32Array
  readonly soFar: DeliverySoFar
  /** Since the start: copies of messages that found no connection, which subscribers find missing. */
  readonly unsentCopies: number
  readonly eventLoopLagP99Micros: number
  /** User + system over wall time of the second, 0 … 1. */
  readonly cpuShare: number
  readonly rssBytes: number
}

/** Everything a worker knows at the end. */
export interface Judged {
  readonly delivery: DeliveryReport
  readonly breaks: BreakReport
  readonly connections: ConnectionCounts
  readonly histograms: WorkerHistograms
  readonly health: WorkerHealth
}

export interface ConnectionCounts {
  readonly attempted: number
  readonly opened: number
  /** By kind: refused, reset, timeout, http-502, … */
  readonly failed: Record<string, number>
  readonly reconnects: number
  readonly closeCodes: Record<string, number>
  readonly heartbeats: HeartbeatCounts
}

/** Pings that clients, and publishers on a target, sent, those that were answered, and those whose deadline passed: each cost its connection. */
export interface HeartbeatCounts {
  readonly sent: number
  readonly answered: number
  readonly missed: number
}

/** Base64 HDR histograms, µs. */
export interface WorkerHistograms {
  readonly intendedByPhase: Record<string, string>
  readonly service: string
  readonly sendDelay: string
  readonly connect: string
  readonly negative: number
  readonly tooLong: number
  readonly hops: WorkerHops
}

/** Base64 HDR histograms, µs, of sampled copies; see `Result['latency']['hops']`. */
export interface WorkerHops {
  /** One copy in so many was looked at. */
  readonly sampledEach: number
  /** Copies whose stamps were missing, or of another clock. */
  readonly unusable: number
  readonly toNode: string
  readonly broker: string
  readonly toClient: string
  readonly sameNode: string
  readonly crossNode: string
}

export interface WorkerHealth {
  readonly connections: number
  readonly peakRssBytes: number
  readonly cpuMicros: number
  readonly cpuShareMax: number
  /** Of the measure phase, as the two that follow. */
  readonly eventLoopLagP99Micros: number
  /** Longest time without running a timer. */
  readonly longestPauseMicros: number
  readonly overruns: number
}
