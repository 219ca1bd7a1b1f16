import type { Endpoint } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import type { TargetAccess } from './external/target-access.js'

/** What the parent tells a worker at the start. */
export interface WorkerInit {
  readonly plan: Plan
  /** Tag of this run in every message. */
  readonly run: number
  /** Index of this worker. Client or publisher c belongs to it if c mod plan.workers == worker. */
  readonly worker: number
  readonly endpoints: readonly Endpoint[]
  readonly brokerUrl: string | null
}

/** What all parts of a worker have access to. */
export interface WorkerContext extends WorkerInit {
  /** Null unless there is a target with a protocol other than the reference protocol. */
  readonly access: TargetAccess | null
  /** Seeded, and used by this worker only. */
  readonly random: () => number
}
