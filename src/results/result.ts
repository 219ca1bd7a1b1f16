import { z } from 'zod'
import type { Plan } from '../plan/plan.js'
import { deliveryClasses } from './delivery/types.js'
import { refusalStages } from './refusals.js'
import { amount, byName, fields, flag, histogram, list, number, object, text } from './schema.js'

/*
 * `result.json`, version 1. The schemas are its reference: the types are derived from them, and a saved file is checked
 * against them. Counts are of the whole run and shares are 0 … 1, unless a field says otherwise.
 */

/** µs. All but `count` are 0 if `count` is. */
const latencySummarySchema = object({
  ...fields(['count', 'min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'], amount),
  histogram,
})
export interface LatencySummary extends z.output<typeof latencySummarySchema> {}

const deliveryCounts = fields(deliveryClasses, amount)
const cells = byName(object({ ...deliveryCounts, lost: amount }))

const deliverySchema = object({
  ...deliveryCounts,
  /** (delivered + replayed) ÷ planned; null if nothing was planned. */
  availability: amount.nullable(),
  published: object({
    /** Written to a socket: acked + refused + unacked + unackedDelivered. */
    sent: amount,
    acked: amount,
    /** Could not be written: the publisher had no connection. */
    failed: amount,
    /** The server answered that it did not take it, and nobody received it. */
    refused: amount,
    /** Neither answered nor received by anybody. */
    unacked: amount,
    /** Not acked, but received by somebody. */
    unackedDelivered: amount,
  }),
  /** lostInFlight + lostOnDisconnect + lostWhileOffline + falseRecovery. */
  lost: amount,
  unexpected: amount,
  /** Copies, counted in their class as well, whose body is not the one that was published. */
  corrupted: amount,
  /** Messages whose tag could not be read. */
  malformed: amount,
  /** First copies of messages sent before the subscriber's first subscription: not due, not judged. */
  beforeDue: amount,
  ambiguous: amount,
  /**
   * 95 % upper bound of the loss rate of messages if nothing was lost: 1 − 0.05^(1/n), n the acknowledged messages. Null if
   * something was, if nothing was due, or if it is withheld.
   */
  lossBound95: amount.nullable(),
  /** Losses without a cause, by the events that were under way meanwhile: a remark, not a cause. */
  unexplainedDuring: byName(amount),
  /** Why there is no bound although nothing was lost. */
  lossBoundWithheld: text.nullable(),
  /** Of planned deliveries that did not happen; the others have no cause. */
  byCause: cells,
  byPhase: cells,
  byChannel: cells,
  /** By the node that the subscriber was connected to, or was last connected to, when the message was sent. */
  byNode: cells,
}).refine(({ lost, due }) => lost <= due, 'more lost than due')
export interface Delivery extends z.output<typeof deliverySchema> {}

/** Latency of each hop, of the measure phase, of a sample: one copy in `sampledEach`. */
const hopsSchema = object({
  sampledEach: amount,
  /** Samples without usable timestamps. */
  unusable: amount,
  /** From the publisher's write until its node has read it. Empty for publishers that go `via: backend`, as `broker`, `sameNode` and `crossNode`. */
  toNode: latencySummarySchema,
  /** From there until the subscriber's node has it from the broker; on the same node too, as that is the same path. */
  broker: latencySummarySchema,
  /** From there until the subscriber has received it. */
  toClient: latencySummarySchema,
  /** End to end, publisher and subscriber on the same node. */
  sameNode: latencySummarySchema,
  /** End to end, publisher and subscriber on different nodes. */
  crossNode: latencySummarySchema,
})
export interface Hops extends z.output<typeof hopsSchema> {}

/** Over the nodes in the pool; null where there is nothing to spread. */
const balanceRatios = fields(['maxOverMean', 'minOverMean', 'coefficientOfVariation'], number.nullable())
const balanceRatiosSchema = object(balanceRatios)
export interface BalanceRatios extends z.output<typeof balanceRatiosSchema> {}

/** Connections at one moment. */
const balanceSchema = object({
  ...balanceRatios,
  perNode: byName(amount),
  /** Messages that clients received through each node since the moment before. */
  messages: object({ ...balanceRatios, perNode: byName(amount) }),
})
export interface Balance extends z.output<typeof balanceSchema> {}

const affinitySchema = object({
  reconnectedSameNode: amount,
  reconnectedOtherNode: amount,
  /** Times that the balancer sent a client to a draining node, whether the node accepted it or not. Null if no node was drained. */
  routedToDraining: amount.nullable(),
})

const eventResultSchema = object({
  id: text,
  kind: text,
  /** Names of the nodes that it acted on. */
  targets: list(text),
  scheduledAtMs: number,
  startedAtMs: number,
  finishedAtMs: number,
  failure: text.nullable(),
  /** What showed that it took effect. */
  evidence: list(text),
  /** Clients whose connection ended because of it. */
  affectedClients: amount,
  recovery: object({
    /** Affected clients that reconnected. */
    recovered: amount,
    /** Of those, clients that had subscribed on another node before their connection ended, without downtime. */
    handedOver: amount,
    /** Downtime of affected clients, µs. */
    downtimeMicros: latencySummarySchema,
    /** From the start of the event until 95 % / 99 % / all of the affected clients were back; null if they never were. */
    timeTo95Ms: number.nullable(),
    timeTo99Ms: number.nullable(),
    timeTo100Ms: number.nullable(),
    /**
     * From the start of the event until max/mean of connections was at most 1.1 and stayed there until the next event, to
     * the second. 0: it was never above. Null: it was above at the end.
     */
    rebalanceMs: number.nullable(),
  }),
  /** Of affected clients that reconnected; `routedToDraining` is null if the event drained no node. */
  affinity: affinitySchema,
  /**
   * Clients that were connected before the event and reconnected after it, for any reason, while their node was still there:
   * how many there were, and how many of them the balancer sent to another node. Null for events that don't change the pool.
   */
  remapped: object({ returned: amount, moved: amount }).nullable(),
  lost: amount,
  replayed: amount,
  /** When the last connection to a target opened after the event began; null if none did. */
  lastConnectionOnTargetMs: number.nullable(),
  peakReconnectsPerSecond: amount,
})
export interface EventResult extends z.output<typeof eventResultSchema> {}

/** One second, which begins at `tMs`. */
const timelineRowSchema = object({
  tMs: number,
  connected: amount,
  connectedByNode: byName(amount),
  connects: amount,
  disconnects: amount,
  sent: amount,
  received: amount,
  receivedByNode: byName(amount),
  /** Over the nodes in the pool at the end of the second. */
  balance: object({ connections: balanceRatiosSchema, messages: balanceRatiosSchema }),
  /** Of the messages sent in this second. */
  lost: amount,
  /** Latency of what was received in this second, µs; null if nothing was. */
  p50: amount.nullable(),
  p99: amount.nullable(),
  histogram: histogram.nullable(),
  /** Mean CPU share of the generator's workers. */
  cpu: amount,
})
export interface TimelineRow extends z.output<typeof timelineRowSchema> {}

/** Of one part of the cluster. */
const partPeakSchema = object({
  rssBytes: amount,
  /** User + system of the whole run. */
  cpuMicros: amount,
  /** User + system of the measure phase. Seconds that lie partly in it count with that share. */
  measuredCpuMicros: amount,
})
export interface PartPeak extends z.output<typeof partPeakSchema> {}

export const gateResultSchema = object({
  expression: text,
  /** In the metric's own unit (µs for times); null if there was nothing to judge. */
  value: number.nullable(),
  /** undecided: the generator itself can have made the difference between value and limit. */
  outcome: z.enum(['pass', 'fail', 'undecided']),
  /** The value and the limit, or why there is no value. */
  reason: text,
})
export interface GateResult extends z.output<typeof gateResultSchema> {}

/**
 * What can make a run invalid. generator: it was overloaded. cluster: a part of it exited unexpectedly, or it refused
 * clients. machine: descriptors, ports, listen queues, clocks. run: the scenario can't be judged as it is.
 */
export const components = ['generator', 'cluster', 'machine', 'run'] as const
export type Component = (typeof components)[number]

const verdictSchema = object({
  outcome: z.enum(['pass', 'fail', 'invalid', 'interrupted']),
  reasons: list(text),
  /** Components that made the run invalid, each once, the most certain first. */
  attributedTo: list(z.enum(components)),
})
export interface Verdict extends z.output<typeof verdictSchema> {}

const refusalSchema = object({
  /**
   * connect: the connection did not open. subscribe: it opened, and ended before it was subscribed. subscribed: it ended later, with
   * an error. publish: a message was refused. any: of `other`.
   */
  stage: z.enum(refusalStages),
  /** As in `failed`; `close-…` or `rejected` where the connection had opened. */
  kind: text,
  /** The server's, escaped, in one line of at most 200 characters, without the secrets that were sent to it. */
  words: text,
  count: amount,
  firstAtMs: number,
  /** The client or publisher that was refused first: `c17`, `p3`. */
  example: text,
  /** Clients that were not subscribed once, and publishers that were not connected once, whose last refusal this was. */
  neverSubscribed: amount,
  neverConnected: amount,
})
export interface RefusalResult extends z.output<typeof refusalSchema> {}

/** What reports read of a plan. A saved plan is checked for this alone. */
const planSchema = object({
  name: text,
  description: text,
  seed: number,
  cluster: object({
    nodes: amount,
    bridge: text,
    balancer: object({ kind: text, strategy: text, tls: flag }),
  }),
  target: object({
    urls: list(object({ url: z.url(), weight: number })),
    protocol: object({ kind: text, options: z.record(text, z.unknown()) }),
    ...fields(['headers', 'cookies', 'query'], byName(text)),
    subprotocols: list(text).nullable(),
  }).nullable(),
  clients: object({ count: amount, addresses: object({ kind: text }) }),
  channels: list(object({ name: text })),
  phases: object({
    warmupMs: amount,
    measureMs: number.positive(),
    graceMs: amount,
    spans: list(object({ name: text, startMs: number, endMs: number })),
  }),
  chaos: list(object({ id: text, atMs: number, windowMs: amount, action: object({ event: text }) })),
  gates: list(text),
  workers: amount,
  validity: object(
    fields(
      [
        'eventLoopLagP99Ms',
        'sendDelayP99Ms',
        'overrunShare',
        'workerCpuShare',
        'pauseMs',
        'failedConnectsShare',
        'exhaustedConnects',
        'listenOverflows',
      ],
      amount,
    ),
  ),
  notes: list(text),
})

export const toolSchema = object({ name: z.literal('wsbench'), version: text })

/**
 * Complete: every report can be made from it alone. The unit ends a name: `…Micros`, `…Ms`. `…AtMs`, `tMs` and the like count
 * from the start of the measure phase (warm-up is negative), as `at:` in a scenario does.
 */
export const resultSchema = object({
  version: z.literal(1),
  tool: toolSchema,
  scenario: object({ name: text, hash: text, plan: planSchema as z.ZodType<Plan> }),
  environment: object({
    host: text,
    platform: text,
    cpu: text,
    cores: amount,
    memoryBytes: amount,
    descriptors: amount,
    node: text,
    /** Of the minute before the run, which shows whether the machine was busy (0 on Windows). */
    loadAverage: amount,
  }),
  cluster: object({
    driver: text,
    balancer: object({ kind: text, strategy: text, isEmbedded: flag, version: text }),
    broker: object({ kind: text, isEmbedded: flag, version: text }).nullable(),
    bridge: text,
    /** All that ran at some time. */
    nodes: list(text),
    /** By part of the cluster; the generator's workers together are `generator`. */
    peaks: byName(partPeakSchema),
    /**
     * Clients closed as slow consumers (1013), by the nodes that were up at the end; null if a node did not report it, or
     * none is wsbench's own.
     */
    backlogDisconnects: amount.nullable(),
  }),
  startedAt: z.iso.datetime(),
  durationMs: amount,
  delivery: deliverySchema,
  latency: object({
    /** From the planned send; without warm-up. */
    fromPlannedSend: latencySummarySchema,
    /** From the actual send. */
    service: latencySummarySchema,
    /** From the planned to the actual send. */
    sendDelay: latencySummarySchema,
    /** From the planned send, by the phase of the send. */
    byPhase: byName(latencySummarySchema),
    /** From the planned send, without warm-up, by channel: the channels of one `traffic:` entry together. */
    byChannel: byName(latencySummarySchema),
    byPhaseAndChannel: byName(byName(latencySummarySchema)),
    /** Latencies below 0, counted as 0. */
    negative: amount,
    /** Latencies above 60 s, counted as 60 s. */
    tooLong: amount,
    /** Null if the servers put no timestamps on messages, or timestamps of another clock. */
    hops: hopsSchema.nullable(),
  }),
  connections: object({
    attempted: amount,
    opened: amount,
    /** By kind: `refused`, `timeout`, `http-503`, … */
    failed: byName(amount),
    /** Share of the attempts before the first event that failed. */
    failedBeforeEventsShare: amount,
    peak: amount,
    /** Clients that were not subscribed once in the whole run. */
    neverSubscribed: amount,
    /** Publishers that could not connect, or were soon closed with an error each time. */
    publishersNeverConnected: amount,
    /**
     * Why connections failed, or ended with an error, and why messages were refused: the most frequent first, and at most 50; the
     * others are summed up as `other`.
     */
    refusals: list(refusalSchema),
    reconnects: amount,
    closeCodes: byName(amount),
    /** Pings of clients, and of publishers on a target, with `clients.heartbeat`; a missed one ended its connection. */
    heartbeats: object({ sent: amount, answered: amount, missed: amount }),
    /** From the first attempt until every client had connected once. */
    rampUpMs: amount,
    connectMicros: latencySummarySchema,
    downtimeMicros: latencySummarySchema,
  }),
  /**
   * By moment: `start`, each event's id (as the event began) and `end`; `worst`, the second of the measure phase with the
   * highest max/mean, and `overall`, the mean of all its seconds.
   */
  balance: byName(balanceSchema),
  affinity: affinitySchema,
  events: list(eventResultSchema),
  timeline: list(timelineRowSchema),
  generator: object({
    workers: list(
      object({
        /** Mean share of a core over the busiest 5 s of the measure phase. */
        cpuShareMax: amount,
        cpuMicros: amount,
        peakRssBytes: amount,
        /** Of the measure phase: the error of receive times. */
        eventLoopLagP99Micros: amount,
        /** Longest event-loop stall of the measure phase. */
        longestPauseMicros: amount,
        sendDelayP99Micros: amount,
        connections: amount,
      }),
    ),
    /** Of all workers, in the measure phase, weighted by time: how late they noticed what had arrived. */
    eventLoopLag: latencySummarySchema,
    sendDelayP99Micros: amount,
    /** Sends of the measure phase that were late by more than an interval of their publisher, and more than 10 ms. */
    overruns: amount,
    /** Kernel listen-queue overflows during the run, host-wide; null if they can't be read. */
    listenOverflows: number.nullable(),
    /** Jumps of the host's wall clock; no figure depends on it. */
    wallClockSteps: list(object({ atMs: number, stepMs: number })),
  }),
  gates: list(gateResultSchema),
  verdict: verdictSchema,
})
export interface Result extends z.output<typeof resultSchema> {}

/** What a run measured, before it is judged. */
export type Measurement = Omit<Result, 'gates' | 'verdict'>
