import type { PlannedEvent } from '../chaos/planned-event.js'
import type { ClusterPlan, NoClusterPlan } from '../cluster/cluster-plan.js'
import type { TargetPlan } from '../cluster/external/target-plan.js'

/**
 * Everything a run needs to know, with every default resolved and every share placed: no optional fields. Made by the
 * planner from a Scenario and the Machine, pure; the same two give the same Plan.
 *
 * Times of `phases` and `chaos` are ms from the start of the measure phase, as `at:` in a scenario.
 */
export interface Plan {
  readonly name: string
  readonly description: string
  readonly seed: number
  readonly cluster: ClusterPlan | NoClusterPlan
  /** Null: the cluster is wsbench's own. */
  readonly target: TargetPlan | null
  readonly clients: ClientsPlan
  readonly channels: readonly ChannelGroupPlan[]
  readonly phases: PhasesPlan
  readonly chaos: readonly PlannedEvent[]
  readonly gates: readonly string[]
  readonly safety: SafetyPlan
  /** Those of the gates that end the run as soon as they are missed. */
  readonly aborts: readonly PlannedAbort[]
  readonly workers: number
  readonly validity: ValidityBounds
  readonly estimate: ResourceEstimate
  /** What a reader must know before trusting the figures: embedded parts, a single source address, … */
  readonly notes: readonly string[]
}

export interface ClientsPlan {
  readonly count: number
  readonly connectRateHz: number
  readonly connectTimeoutMs: number
  readonly addresses: AddressPlan
  readonly reconnect: {
    readonly baseMs: number
    readonly capMs: number
    /** Whether they ask for what they missed. */
    readonly resume: boolean
  }
  /** Pings of each client, and how long it waits for the pong before it ends its connection; null: none. */
  readonly heartbeat: { readonly everyMs: number; readonly timeoutMs: number } | null
  /** Whether they send back the cookies they are given, and say their id in the URL: as the strategy needs. */
  readonly keepsCookies: boolean
  readonly sendsClientId: boolean
}

/**
 * spread: one 127.a.b.c each, as few to a /24 as can be; gateways: NAT, clients per gateway Zipf-distributed, each
 * gateway in a /24 of its own; list: addresses that the scenario names, by turns; single: the kernel's choice, the same for
 * all (where the loopback range can't be bound, or does not lead to the target).
 */
export type AddressPlan =
  | { readonly kind: 'spread' }
  | { readonly kind: 'gateways'; readonly gateways: number; readonly skew: number }
  | { readonly kind: 'list'; readonly list: readonly string[] }
  | { readonly kind: 'single' }

/**
 * One `traffic:` entry: `count` channels alike. Channels and publishers are numbered over the whole plan, from
 * `firstChannel` and `firstPublisher`; channel r of the group has publishers
 * firstPublisher + r·publishers … + publishers − 1. Membership k in [0, count·members) is client k mod clients.count
 * in channel firstChannel + floor(k / members).
 */
export interface ChannelGroupPlan {
  readonly name: string
  readonly firstChannel: number
  readonly count: number
  /** Members of each channel; clients.count for `all`. */
  readonly members: number
  readonly firstPublisher: number
  /** Publishers of each channel. */
  readonly publishers: number
  /** echo: each client sends for itself, on its own connection, and is the only one to get it back. */
  readonly via: 'client' | 'backend' | 'echo'
  readonly rateHz: number
  readonly arrival: 'constant' | 'poisson'
  readonly sizeBytes: number
}

export interface PhasesPlan {
  readonly warmupMs: number
  readonly measureMs: number
  /** D of DELIVERY.md: how long after its send a message may still arrive. */
  readonly graceMs: number
  /**
   * Contiguous spans that cover [−warmupMs, measureMs]: warmup, then steady, each event's id for its window, and
   * steady again between them. Known before the run, so that every process sorts a message into the same one.
   */
  readonly spans: readonly PhaseSpan[]
}

export interface PhaseSpan {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
}

export interface PlannedAbort {
  readonly gate: string
  /** Not looked at before this time of the measure phase. */
  readonly afterMs: number
}

/** Past any of these the run is invalid: it measured the generator, or its machine's limits. */
export interface ValidityBounds {
  readonly eventLoopLagP99Ms: number
  readonly sendDelayP99Ms: number
  /** Of all sends, those later than a whole interval. */
  readonly overrunShare: number
  readonly workerCpuShare: number
  /** Longest time a worker may stand still. */
  readonly pauseMs: number
  readonly failedConnectsShare: number
  /** Connects that may fail for want of a descriptor or a local port, of each. */
  readonly exhaustedConnects: number
  readonly listenOverflows: number
}

/** When a run is stopped by itself; null: never. */
export interface SafetyPlan {
  readonly abortBelowShare: number | null
  readonly maxDurationMs: number | null
}

export interface ResourceEstimate {
  /** Connections incl. publishers. */
  readonly connections: number
  readonly deliveriesPerSecond: number
  readonly memoryBytes: number
  readonly descriptorsPerWorker: number
  readonly durationMs: number
}
