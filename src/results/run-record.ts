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

/** Everything that a run collected. Its result is made from this alone. Times are µs of CLOCK_MONOTONIC. */
export interface RunRecord {
  readonly toolVersion: string
  readonly plan: Plan
  readonly scenarioHash: string
  readonly environment: Result['environment']
  readonly cluster: ClusterInfo
  /** In start order; one entry per start. */
  readonly nodes: readonly NodeLifetime[]
  /** In the order in which they were taken. */
  readonly samples: readonly TimedSample[]
  /** Wall clock, ISO 8601, of `connectStartedMicros`. */
  readonly startedAt: string
  readonly connectStartedMicros: number
  /** When every client had connected once. */
  readonly connectFinishedMicros: number
  readonly measureMicros: number
  /** When publishing ended: at the end of the measure phase, or earlier if the run was stopped. */
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
  /** By worker, in the order in which they came; a tick is of the second that ends at its `atMicros`. */
  readonly ticks: readonly (readonly Tick[])[]
  /** By worker; without those that died before they reported. */
  readonly workers: readonly WorkerEnd[]
  readonly listenOverflows: number | null
  readonly wallClockSteps: readonly WallClockStep[]
  /** The gate that ended the run early. */
  readonly abort: Abort | null
  readonly incidents: RunIncidents
}

export interface Abort {
  readonly expression: string
  /** The value and the limit at that time. */
  readonly reason: string
}

/** Samples that were taken together have the same time. */
export interface TimedSample extends PartSample {
  readonly atMicros: number
}

/** When a node was up and in the pool. A killed node has left, even if the balancer still routes to it. */
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
export interface RunIncidents {
  readonly isInterrupted: boolean
  /** Why the run stopped itself; null if it did not. */
  readonly haltReason: string | null
  /** Generator workers that died or threw. */
  readonly faults: readonly string[]
  readonly unexpectedExits: readonly UnexpectedExit[]
  /** Accounting identities (docs/delivery.md) that are violated. */
  readonly violations: readonly string[]
}
