import type { DeliveryProgress } from '../../results/delivery/types.js'

/** How a run stands, in its last second. */
export interface LiveState {
  /** The scenario's name, or which of several runs it is. */
  readonly title: string
  /** `nginx least-connections → 4 nodes → redis-pubsub` */
  readonly cluster: string
  /** `connecting`, `warmup`, `steady`, an event's id, `settling`, … */
  readonly phase: string
  /** Of the measure phase; null while that is not under way or known. */
  readonly measured: { readonly elapsedMs: number; readonly wholeMs: number } | null
  readonly connected: number
  readonly target: number
  readonly sentPerSecond: number
  readonly receivedPerSecond: number
  /** µs; null when nothing came. */
  readonly latency: LiveLatency | null
  readonly progress: DeliveryProgress
  /** One entry a second, the latest last. */
  readonly history: readonly LiveSecond[]
  readonly nodes: readonly LiveNode[]
  /** In order of time: those that struck, and those that are to come. */
  readonly events: readonly LiveEvent[]
  /** Null before any worker has told. */
  readonly generator: LiveGenerator | null
}

interface LiveLatency {
  readonly p50: number
  readonly p99: number
}

export interface LiveSecond {
  readonly connected: number
  readonly sent: number
  readonly received: number
  readonly latency: LiveLatency | null
  /** An event struck in it. */
  readonly isAffected: boolean
}

export interface LiveNode {
  readonly id: string
  readonly connected: number
  readonly state: 'up' | 'draining' | 'gone'
  /** The event that struck it last; null when none did. */
  readonly struckBy: string | null
}

export interface LiveEvent {
  readonly id: string
  /** Until it strikes; negative: since it did. */
  readonly inMs: number
  readonly state: 'to come' | 'under way' | 'done' | 'failed'
  readonly targets: readonly string[]
  /** Connections that ended since it struck, and that opened again. */
  readonly cut: number
  readonly back: number
  /** From its strike until as many were connected as before, at most; null: not yet, or none was cut. */
  readonly allBackMs: number | null
}

export interface LiveGenerator {
  readonly workers: number
  /** Of a core, of the busiest worker, in its last second. */
  readonly cpuShare: number
  readonly eventLoopLagP99Micros: number
  readonly rssBytes: number
  /** What puts the run in doubt at the moment, in words; null: nothing. */
  readonly strain: string | null
}
