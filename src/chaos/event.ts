import type { z } from 'zod'
import type { Cluster } from '../cluster/cluster.js'

/**
 * Contract of a chaos event. `arguments` is its part of the scenario (besides `at` and `event`); `inject` acts through
 * the Cluster only and returns whom it hit. What it throws is recorded as the event's failure and fails the run.
 */
export interface ChaosEvent<Arguments> {
  readonly kind: string
  readonly summary: string
  readonly arguments: z.ZodType<Arguments>
  /** Whether it takes its targets out of the balancer's pool before it strikes (a drain). */
  readonly takesFromPool: boolean
  /** Nodes it adds to the cluster, so that balancers can declare their slots. */
  addsNodes(action: Arguments): number
  /** How long its effects are looked for, drain window included, ms. */
  windowMs(action: Arguments, drainWindowMs: number): number
  inject(cluster: Cluster, action: Arguments, context: InjectContext): Promise<void>
}

export interface InjectContext {
  /** Uniform in [0, 1), from the scenario's seed. */
  readonly random: () => number
  /** Names the nodes the event strikes, before it strikes; the empty list means all clients. */
  readonly strike: (nodeIds: readonly string[]) => void
}

/** What the timeline records of one event. Times are µs of CLOCK_MONOTONIC. */
export interface EventRecord {
  readonly id: string
  readonly kind: string
  readonly targets: readonly string[]
  readonly scheduledMicros: number
  readonly startedMicros: number
  readonly finishedMicros: number
  /** Null when it did what it should. */
  readonly failure: string | null
}
