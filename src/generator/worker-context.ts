import type { Endpoint } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import type { TargetAccess } from './external/target-access.js'

/** What every part of one worker knows from its `init`. */
export interface WorkerContext {
  readonly plan: Plan
  /** Tag of this run in every message. */
  readonly run: number
  /** Index of this worker. Clients and publishers c with c mod plan.workers == worker are its own. */
  readonly worker: number
  readonly endpoints: readonly Endpoint[]
  readonly brokerUrl: string | null
  /** Null unless the plan has a target that speaks another protocol than ours. */
  readonly access: TargetAccess | null
  /** Seeded, of this worker only. */
  readonly random: () => number
}
