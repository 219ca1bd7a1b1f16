import type { DeliveryProgress } from '../../results/delivery/types.js'

/** What the live view shows: a run in its latest second. */
export interface LiveState {
  /** The scenario's name, after which of several runs it is. */
  readonly title: string
  /** `nginx least-connections → 4 nodes → redis-pubsub` */
  readonly cluster: string
  /** `connecting`, `warmup`, `steady`, an event's id, `settling`, … */
  readonly phase: string
  /** Of the measure phase and the warm-up before it; null outside of them. */
  readonly measured: { readonly elapsedMs: number; readonly wholeMs: number } | null
  readonly connected: number
  readonly target: number
  readonly sentPerSecond: number
  readonly receivedPerSecond: number
  /** µs; null when nothing was received. */
  readonly latency: LiveLatency | null
  /** Share of the deliveries planned so far that have happened; null before the first. */
  readonly availability: number | null
  readonly progress: DeliveryProgress
  /** One entry per second, the latest last. */
  readonly history: readonly LiveSecond[]
  readonly nodes: readonly LiveNode[]
  /** In order of time: those that have started, then those that are scheduled. */
  readonly events: readonly LiveEvent[]
  /** Null before the first tick. */
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
  /** An event started in it. */
  readonly isAffected: boolean
}

export interface LiveNode {
  readonly id: string
  readonly connected: number
  readonly state: 'up' | 'draining' | 'gone'
  /** The last event that acted on it; null if none did. */
  readonly affectedBy: string | null
}

export interface LiveEvent {
  readonly id: string
  /** Until it starts; negative: since it started. */
  readonly inMs: number
  readonly state: 'scheduled' | 'active' | 'done' | 'failed'
  readonly targets: readonly string[]
  /** Connections that closed, and that opened, since it started. */
  readonly disconnected: number
  readonly reconnected: number
  /** From its start until as many were connected as before, at most; null: not yet, or none was disconnected. */
  readonly allBackMs: number | null
}

export interface LiveGenerator {
  readonly workers: number
  /** Of a core, by the busiest worker, in its last second. */
  readonly cpuShare: number
  readonly eventLoopLagP99Micros: number
  readonly rssBytes: number
  /** Why figures of this second can't be trusted, in words; null if they can. */
  readonly overload: string | null
}
