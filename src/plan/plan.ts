import type { PlannedEvent } from '../chaos/planned-event.js'
import type { ClusterPlan, NoClusterPlan } from '../cluster/cluster-plan.js'
import type { TargetPlan } from '../cluster/external/target-plan.js'

/**
 * Everything a run needs to know, with every default filled in and every share assigned: no optional fields. The planner
 * derives it from a Scenario and a Machine; the same two always give the same Plan.
 *
 * Times in `phases` and `chaos` are ms from the start of the measure phase, like `at:` in a scenario.
 */
export interface Plan {
  readonly name: string
  readonly description: string
  readonly seed: number
  readonly cluster: ClusterPlan | NoClusterPlan
  /** Null: wsbench runs the cluster itself. */
  readonly target: TargetPlan | null
  readonly clients: ClientsPlan
  readonly channels: readonly ChannelGroupPlan[]
  readonly phases: PhasesPlan
  readonly chaos: readonly PlannedEvent[]
  readonly gates: readonly string[]
  readonly safety: SafetyPlan
  /** The gates that end the run as soon as they fail. */
  readonly abortGates: readonly AbortGate[]
  readonly workers: number
  readonly validity: ValidityBounds
  readonly estimate: ResourceEstimate
  /** What limits how far the figures can be trusted: embedded parts, a single source address, … */
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
    /** Whether a reconnecting client asks for the messages that it missed. */
    readonly resume: boolean
  }
  /** How often each client pings, and how long it waits for the pong before it closes the connection; null: no pings. */
  readonly heartbeat: { readonly everyMs: number; readonly timeoutMs: number } | null
  /** Whether clients send back cookies, and put their id into the URL: some affinity strategies need it. */
  readonly keepsCookies: boolean
  readonly sendsClientId: boolean
}

/**
 * spread: a 127.a.b.c of its own for each client, over as many /24s as possible. gateways: NAT gateways, each in a /24 of its
 * own, with Zipf-distributed numbers of clients. list: the addresses in the scenario, round-robin. single: the kernel picks
 * one address for all (where the loopback range can't be bound, or can't reach the target).
 */
export type AddressPlan =
  | { readonly kind: 'spread' }
  | { readonly kind: 'gateways'; readonly gateways: number; readonly skew: number }
  | { readonly kind: 'list'; readonly list: readonly string[] }
  | { readonly kind: 'single' }

/**
 * One `traffic:` entry: `count` identical channels. Channels and publishers are numbered over the whole plan, from
 * `firstChannel` and `firstPublisher`. Channel r of the group has publishers
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
  /**
   * echo: each client sends on its own connection, and only that client receives the message. members: the publishers of a channel are
   * its members, in the same order, each on its own connection.
   */
  readonly via: 'client' | 'backend' | 'echo' | 'members'
  /** Whether a member that publishes is to get its own message. */
  readonly echoes: boolean
  readonly rateHz: number
  readonly arrival: 'constant' | 'poisson'
  readonly sizeBytes: number
}

export interface PhasesPlan {
  readonly warmupMs: number
  readonly measureMs: number
  /** Grace period: how long after its send a message may still arrive (docs/delivery.md). */
  readonly graceMs: number
  /**
   * Contiguous spans that cover [−warmupMs, measureMs]: warmup, then steady, each event's id for its window, and steady again
   * between events. Fixed before the run, so that every process assigns a message to the same span.
   */
  readonly spans: readonly PhaseSpan[]
}

export interface PhaseSpan {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
}

export interface AbortGate {
  readonly gate: string
  /** The gate is first evaluated at this time of the measure phase. */
  readonly afterMs: number
}

/** Beyond any of these bounds the run is invalid: it measured the generator or the limits of its machine. */
export interface ValidityBounds {
  readonly eventLoopLagP99Ms: number
  readonly sendDelayP99Ms: number
  /** Share of sends that are late by more than a whole interval. */
  readonly overrunShare: number
  readonly workerCpuShare: number
  /** Longest event-loop stall of any worker. */
  readonly pauseMs: number
  readonly failedConnectsShare: number
  /** How many connects may fail for lack of file descriptors; the same number for lack of local ports. */
  readonly exhaustedConnects: number
  readonly listenOverflows: number
}

/** Conditions that stop a run; null: none. */
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
