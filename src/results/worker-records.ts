import { sumOf } from '../base/sum.js'
import type { DisconnectReport } from './delivery/disconnect-report.js'
import type { DeliveryProgress, DeliveryReport } from './delivery/types.js'
import type { Refusal } from './refusals.js'

export interface PublishedCounts {
  readonly sent: number
  readonly acked: number
  readonly failed: number
  readonly refused: number
  readonly unacked: number
}

export function sumPublished(all: readonly PublishedCounts[]): PublishedCounts {
  const sum = (count: keyof PublishedCounts) => sumOf(all, (counts) => counts[count])
  return {
    sent: sum('sent'),
    acked: sum('acked'),
    failed: sum('failed'),
    refused: sum('refused'),
    unacked: sum('unacked'),
  }
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
  /** `received`, by the node that it came from. */
  readonly receivedByNode: Record<string, number>
  /** Latency from planned send: pairs of (index into the histogram's counts, count). */
  readonly latency: Uint32Array
  readonly progress: DeliveryProgress
  /** Since the start: copies of messages that could not be sent for lack of a connection. Subscribers miss them. */
  readonly unsentCopies: number
  /** Since the start: scheduled sends times the members of their channels, and first copies that members received. */
  readonly plannedCopies: number
  readonly firstCopies: number
  readonly eventLoopLagP99Micros: number
  /** User + system over wall time of the second, 0 … 1. */
  readonly cpuShare: number
  readonly rssBytes: number
}

/** What a worker reports at the end. */
export interface WorkerReport {
  readonly delivery: DeliveryReport
  readonly disconnects: DisconnectReport
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
  readonly refusals: readonly Refusal[]
  readonly publishersNeverConnected: number
}

/** Pings of clients, and of publishers on a target. A missed one, without an answer in time, ended its connection. */
export interface HeartbeatCounts {
  readonly sent: number
  readonly answered: number
  readonly missed: number
}

/** Base64 HDR histograms, µs. */
export interface WorkerHistograms {
  /** Of each phase and channel in which something was received. */
  readonly fromPlannedSend: readonly PhaseChannelHistogram[]
  readonly service: string
  readonly sendDelay: string
  readonly connect: string
  readonly negative: number
  readonly tooLong: number
  readonly hops: WorkerHops
}

export interface PhaseChannelHistogram {
  readonly phase: string
  readonly channel: string
  readonly histogram: string
}

/** Base64 HDR histograms, µs, of sampled copies; see `Result['latency']['hops']`. */
export interface WorkerHops {
  /** One copy in this many was sampled. */
  readonly sampledEach: number
  /** Samples without timestamps, or with timestamps of another clock. */
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
  /** Base64 HDR histogram, µs; of the measure phase, as the two fields after it. */
  readonly eventLoopLag: string
  /** Longest time without running a timer. */
  readonly longestPauseMicros: number
  readonly overruns: number
}
