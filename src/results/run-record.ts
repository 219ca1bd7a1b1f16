import type { WallClockStep } from '../base/wall-clock.js'
import type { EventRecord } from '../chaos/event.js'
import type { ClusterInfo, PartSample, PoolRemoval, UnexpectedExit } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import type { DisconnectReport } from './delivery/disconnect-report.js'
import type { DeliveryReport } from './delivery/types.js'
import type { Result } from './result.js'
import type {
  ConnectionCounts,
  PublishedCounts,
  Tick,
  WorkerHealth,
  WorkerHistograms,
} from './worker-records.js'

/** Everything a run collected, before anything is made of it. Times are µs of CLOCK_MONOTONIC. */
export interface RunRecord {
  readonly toolVersion: string
  readonly plan: Plan
  readonly scenarioHash: string
  readonly environment: Result['environment']
  readonly cluster: ClusterInfo
  /** Every node there ever was, in order of birth; one that was restarted has several lives. */
  readonly nodes: readonly NodeLifetime[]
  /** Every sample taken of every part. */
  readonly samples: readonly TimedSample[]
  /** Wall clock, ISO 8601, of `connectStartedMicros`. */
  readonly startedAt: string
  readonly connectStartedMicros: number
  /** When all had opened once. */
  readonly connectFinishedMicros: number
  readonly measureMicros: number
  /** When publishing ended: with the measure phase, or as the run was cut short. */
  readonly stoppedMicros: number
  /** Of all workers together. */
  readonly published: PublishedCounts
  /** Unacked and refused messages that somebody received; `published.unacked` and `.refused` still count them. */
  readonly unackedDelivered: Readonly<Record<'unacked' | 'refused', number>>
  /** Messages that were scheduled after the last one that anybody received, and how long after it the last of them. */
  readonly silence: { readonly sends: number; readonly lastsMicros: number }
  readonly delivery: DeliveryReport
  readonly disconnects: DisconnectReport
  readonly events: readonly EventRecord[]
  readonly poolRemovals: readonly PoolRemoval[]
  readonly backlogDisconnects: number | null
  /** By worker, in the order they came; a worker's tick is of the second that ends at its `atMicros`. */
  readonly ticks: readonly (readonly Tick[])[]
  /** By worker; those that died before they could tell are missing. */
  readonly workers: readonly WorkerEnd[]
  readonly listenOverflows: number | null
  readonly wallClockSteps: readonly WallClockStep[]
  /** A gate that ended the run before its time. */
  readonly abort: Abort | null
  readonly trouble: Trouble
}

export interface Abort {
  readonly expression: string
  /** What was seen then. */
  readonly reason: string
}

/** Of a part, all that were taken together at one time. */
export interface TimedSample extends PartSample {
  readonly atMicros: number
}

/** When a node was in the balancer's pool, or in it by the balancer's mistake: a killed node has left. */
export interface NodeLifetime {
  readonly id: string
  readonly joinedMicros: number
  readonly leftMicros: number | null
}

export interface WorkerEnd {
  readonly connections: ConnectionCounts
  readonly histograms: WorkerHistograms
  readonly health: WorkerHealth
}

/** What went wrong with the run itself. */
export interface Trouble {
  readonly isInterrupted: boolean
  /** Why the run stopped itself; null when it did not. */
  readonly haltReason: string | null
  /** Generator workers that died or threw, in words. */
  readonly faults: readonly string[]
  readonly unexpectedExits: readonly UnexpectedExit[]
  /** Identities of DELIVERY.md that do not hold, in words. */
  readonly violations: readonly string[]
}
