import type { Plan } from '../plan/plan.js'
import type { DeliveryCounts } from './delivery/types.js'

/**
 * `result.json`, version 1: complete, so that every report can be made again from it alone. µs and ms as the names say;
 * times named `…Ms` on the timeline and of events count from the start of the measure phase (warm-up is negative), as
 * `at:` in a scenario does.
 */
export interface Result {
  readonly version: 1
  readonly tool: { readonly name: 'wsbench'; readonly version: string }
  readonly scenario: { readonly name: string; readonly hash: string; readonly plan: Plan }
  readonly environment: {
    readonly host: string
    readonly platform: string
    readonly cpu: string
    readonly cores: number
    readonly memoryBytes: number
    readonly descriptors: number
    readonly node: string
    /** Of the minute before the run (0 on Windows), so that a busy machine shows. */
    readonly loadAverage: number
  }
  readonly cluster: {
    readonly driver: string
    readonly balancer: {
      readonly kind: string
      readonly strategy: string
      readonly isEmbedded: boolean
      readonly version: string
    }
    readonly broker: { readonly kind: string; readonly isEmbedded: boolean; readonly version: string } | null
    readonly bridge: string
    /** Every node there ever was. */
    readonly nodes: readonly string[]
    /** Of each part over the run, generator workers included as `generator`. */
    readonly peaks: Record<string, PartPeak>
    /**
     * Clients cut off for not reading what they were sent (1013), by the nodes that lived at the end; null where a node did not
     * tell, or none is wsbench's own. Results of earlier versions lack it.
     */
    readonly backlogDisconnects?: number | null
  }
  readonly startedAt: string
  readonly durationMs: number
  readonly delivery: Delivery
  readonly latency: {
    readonly intended: LatencySummary
    readonly service: LatencySummary
    readonly sendDelay: LatencySummary
    readonly byPhase: Record<string, LatencySummary>
    readonly negative: number
    readonly tooLong: number
    /** Null where the servers put no stamps on messages, or such of another clock. */
    readonly hops: Hops | null
  }
  readonly connections: {
    readonly attempted: number
    readonly opened: number
    readonly failed: Record<string, number>
    /** Share of attempts that failed before anything was broken on purpose, 0 … 1: the set-up's failures. */
    readonly failedBeforeEventsShare: number
    readonly peak: number
    readonly reconnects: number
    readonly closeCodes: Record<string, number>
    /** Pings of clients, and of publishers on a target, with `clients.heartbeat`; one that was missed ended its connection. */
    readonly heartbeats: { readonly sent: number; readonly answered: number; readonly missed: number }
    /** From the first attempt until all had opened once. */
    readonly rampUpMs: number
    readonly connectMicros: LatencySummary
    readonly downtimeMicros: LatencySummary
  }
  /**
   * `start`, each event's id (as it began) and `end`; `worst`, the second of the measure phase with the highest max/mean, and
   * `overall`, the mean of all its seconds.
   */
  readonly balance: Record<string, Balance>
  readonly affinity: {
    readonly reconnectedSameNode: number
    readonly reconnectedOtherNode: number
    /** Times that a client was sent to a node that was leaving, be it taken or turned away; null where none was drained. */
    readonly routedToDraining: number | null
  }
  readonly events: readonly EventResult[]
  readonly timeline: readonly TimelineRow[]
  readonly generator: {
    readonly workers: readonly {
      /** Mean share of a core over the busiest 5 s of the measure phase, 0 … 1. */
      readonly cpuShareMax: number
      readonly cpuMicros: number
      readonly peakRssBytes: number
      /** How late 99 % of all moments of the measure phase were noticed at most: the error of a receive stamp. */
      readonly eventLoopLagP99Micros: number
      /** Longest time of the measure phase in which it did not get to run a timer. */
      readonly longestPauseMicros: number
      readonly sendDelayP99Micros: number
      readonly connections: number
    }[]
    readonly sendDelayP99Micros: number
    /** Sends of the measure phase that were later than a whole interval of their publisher, and than 10 ms. */
    readonly overruns: number
    /** Kernel listen-queue overflows during the run, host-wide; null where they can't be read. */
    readonly listenOverflows: number | null
    /** Jumps of the host's wall clock, which no figure depends on. */
    readonly wallClockSteps: readonly { readonly atMs: number; readonly stepMs: number }[]
  }
  readonly gates: readonly GateResult[]
  readonly verdict: Verdict
}

export interface PartPeak {
  readonly rssBytes: number
  /** User + system of the whole run. */
  readonly cpuMicros: number
  /** Of the measure phase alone; of the second in which it began or ended, the share that lies in it. */
  readonly measuredCpuMicros: number
}

/** What a run measured, before anything judged it. */
export type Measurement = Omit<Result, 'gates' | 'verdict'>

export interface Delivery extends DeliveryCounts {
  /** sent = acked + refused + unacked + unackedDelivered. */
  readonly published: {
    readonly sent: number
    readonly acked: number
    /** Never written: the publisher had no connection. */
    readonly failed: number
    /** The server answered that it did not take it, and nobody received it. */
    readonly refused: number
    /** Neither answered nor received by anybody. */
    readonly unacked: number
    /** Not acked, yet received by somebody. */
    readonly unackedDelivered: number
  }
  /** (delivered + replayed) ÷ planned, 0 … 1; null where nothing was planned. */
  readonly availability: number | null
  /** lostInFlight + lostOnDisconnect + lostWhileOffline + falseRecovery. */
  readonly lost: number
  readonly unexpected: number
  readonly beforeDue: number
  readonly ambiguous: number
  /** 95 % upper bound of the loss rate when nothing was lost: 3 / due. Null when something was. */
  readonly lossBound95: number | null
  /** Losses that nothing explains, by the events that were under way meanwhile: a remark, not a cause. */
  readonly unexplainedDuring: Record<string, number>
  readonly byCause: Record<string, DeliveryCounts & { readonly lost: number }>
  readonly byPhase: Record<string, DeliveryCounts & { readonly lost: number }>
  readonly byChannel: Record<string, DeliveryCounts & { readonly lost: number }>
  readonly byNode: Record<string, DeliveryCounts & { readonly lost: number }>
}

/** µs. All but `count` are 0 when `count` is. */
export interface LatencySummary {
  readonly count: number
  readonly min: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  /** Base64 HDR histogram. */
  readonly histogram: string
}

/** The way of a message hop by hop, of the measure phase, sampled: one copy in `sampledEach`. */
export interface Hops {
  readonly sampledEach: number
  /** Samples without usable stamps. */
  readonly unusable: number
  /** Publisher's write → its node has read it. Nothing of publishers that go `via: backend`, as the next three. */
  readonly toNode: LatencySummary
  /** Node has read it → the subscriber's node has it from the broker, be it the same node: that is the same way. */
  readonly broker: LatencySummary
  /** Subscriber's node has it from the broker → received. */
  readonly toClient: LatencySummary
  /** The whole way, where publisher and subscriber are on one node, and where they are on two. */
  readonly sameNode: LatencySummary
  readonly crossNode: LatencySummary
}

/** Over the nodes in the pool; ratios are null where there is nothing to spread. */
export interface BalanceRatios {
  readonly maxOverMean: number | null
  readonly minOverMean: number | null
  readonly coefficientOfVariation: number | null
}

/** Connections at a moment. */
export interface Balance extends BalanceRatios {
  readonly perNode: Record<string, number>
  /** What clients received through each node since the moment before. */
  readonly messages: BalanceRatios & { readonly perNode: Record<string, number> }
}

export interface EventResult {
  readonly id: string
  readonly kind: string
  readonly targets: readonly string[]
  readonly scheduledAtMs: number
  readonly startedAtMs: number
  readonly finishedAtMs: number
  readonly failure: string | null
  /** Connections that broke because of it. */
  readonly affectedClients: number
  readonly recovery: {
    readonly recovered: number
    /** Of those: who was subscribed elsewhere before its connection ended, and was never down. */
    readonly handedOver: number
    /** Downtime of those affected, µs. */
    readonly downtimeMicros: LatencySummary
    /** From the event's start until 95 % / 99 % / all of those affected were back; null when they never were. */
    readonly timeTo95Ms: number | null
    readonly timeTo99Ms: number | null
    readonly timeTo100Ms: number | null
    /**
     * From its start until the fullest node had at most 1.1 times the mean of connections, and kept to it until the next event; to
     * the second. 0: it never had more. Null: it had more at the end.
     */
    readonly rebalanceMs: number | null
  }
  /** Of those it cut off and that came back. */
  readonly affinity: {
    readonly reconnectedSameNode: number
    readonly reconnectedOtherNode: number
    /** Null where it drained none. */
    readonly routedToDraining: number | null
  }
  /**
   * Of clients connected before it and back after it, whatever cut them off, with their node still there: how many, and how
   * many of them were sent to another node. Null for events that leave the balancer's pool as it is.
   */
  readonly remapped: { readonly returned: number; readonly moved: number } | null
  readonly lost: number
  readonly replayed: number
  /** Last connection that still opened on a target after the event began; null when none did. */
  readonly lastConnectionOnTargetMs: number | null
  readonly peakReconnectsPerSecond: number
}

/** One second, that begins at `tMs`. */
export interface TimelineRow {
  readonly tMs: number
  readonly connected: number
  readonly connectedByNode: Record<string, number>
  readonly connects: number
  readonly disconnects: number
  readonly sent: number
  readonly received: number
  readonly receivedByNode: Record<string, number>
  /** Of the nodes in the pool as the second ended. */
  readonly balance: { readonly connections: BalanceRatios; readonly messages: BalanceRatios }
  readonly lost: number
  /** µs from intended time of what was received in that second; null when nothing was. */
  readonly p50: number | null
  readonly p99: number | null
  /** Base64 HDR histogram of the same, µs; null when nothing was received. */
  readonly histogram: string | null
  /** Mean CPU share of the generator's workers, 0 … 1. */
  readonly cpu: number
}

export interface GateResult {
  readonly expression: string
  /** In the metric's own unit (µs for times); null when there was nothing to judge. */
  readonly value: number | null
  readonly ok: boolean
  /** Why it failed, or how near it was. */
  readonly reason: string
}

export interface Verdict {
  readonly outcome: 'pass' | 'fail' | 'invalid' | 'interrupted'
  readonly reasons: readonly string[]
  /**
   * Whom the doubts of an invalid run are laid on, each once, what is surest first; empty where there is no doubt. Results of
   * earlier versions lack it.
   */
  readonly attributedTo?: readonly Component[]
}

/**
 * generator: it was at its limits and measured itself. cluster: a part of it ended unasked, or it turned clients away.
 * machine: descriptors, ports, listen queues, clocks. run: what was asked of it can't be judged.
 */
export const components = ['generator', 'cluster', 'machine', 'run'] as const
export type Component = (typeof components)[number]
