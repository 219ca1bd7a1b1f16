import { randomUUID } from 'node:crypto'
import type { JsHistogram } from 'hdr-histogram-js'
import { Counter, Gauge, type MetricType, Registry } from 'prom-client'
import { sumByName } from '../base/records.js'
import type { EventRecord } from '../chaos/event.js'
import { sumSoFar } from '../live/delivery-progress.js'
import type { Plan } from '../plan/plan.js'
import { hostsOf } from '../reporters/wording.js'
import type { DeliveryProgress } from '../results/delivery/types.js'
import { createHistogram } from '../results/latency/histogram.js'
import type { Tick } from '../results/worker-records.js'
import type { RunObserver, Stage } from '../run/run.js'
import { otlpRequest } from './otlp-request.js'

/** Upper bounds of the latency buckets, s. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const

/** Every metric of a run in progress, in Prometheus's base units; docs/reporters.md lists them from here. */
export const liveMetricNames = {
  wsbench_info: {
    type: 'gauge',
    help: 'What is running, and on which parts, or against which target; always 1',
    labels: ['scenario', 'balancer', 'strategy', 'bridge', 'protocol', 'target'],
  },
  wsbench_stage: {
    type: 'gauge',
    help: '1 for what the run is at, 0 for what is over: cluster, connect, traffic, settle, judge',
    labels: ['stage'],
  },
  wsbench_clients: { type: 'gauge', help: 'Clients that should be connected', labels: [] },
  wsbench_connections: { type: 'gauge', help: 'Clients connected and subscribed, by node', labels: ['node'] },
  wsbench_connections_opened_total: { type: 'counter', help: 'Connections that opened', labels: [] },
  wsbench_connections_closed_total: { type: 'counter', help: 'Connections that ended', labels: [] },
  wsbench_connect_failures_total: {
    type: 'counter',
    help: 'Connection attempts that failed, by kind',
    labels: ['kind'],
  },
  wsbench_messages_sent_total: { type: 'counter', help: 'Messages written by publishers', labels: [] },
  wsbench_messages_received_total: { type: 'counter', help: 'Messages received by clients', labels: [] },
  wsbench_messages_missing: {
    type: 'gauge',
    help: 'Messages that a later one of their stream has overtaken and that did not come since, by client',
    labels: [],
  },
  wsbench_messages_replayed_total: {
    type: 'counter',
    help: 'Messages received that were sent before their client had come back',
    labels: [],
  },
  wsbench_messages_reordered_total: {
    type: 'counter',
    help: 'Messages received after a later one of their stream',
    labels: [],
  },
  wsbench_messages_duplicate_total: {
    type: 'counter',
    help: 'Messages received by a client that had them already',
    labels: [],
  },
  wsbench_messages_unexpected_total: {
    type: 'counter',
    help: 'Messages received that nobody sent to the client',
    labels: [],
  },
  wsbench_latency_seconds: {
    type: 'histogram',
    help: 'Latency from intended send time, warm-up included',
    labels: ['le'],
  },
  wsbench_event_active: {
    type: 'gauge',
    help: '1 while an event goes on, 0 once it is over',
    labels: ['event'],
  },
  wsbench_generator_cpu_ratio: {
    type: 'gauge',
    help: 'Share of a core that a generator worker took in its last second',
    labels: ['worker'],
  },
  wsbench_generator_event_loop_lag_seconds: {
    type: 'gauge',
    help: 'p99 event loop lag of a generator worker in its last second',
    labels: ['worker'],
  },
  wsbench_generator_resident_memory_bytes: {
    type: 'gauge',
    help: 'Resident memory of a generator worker',
    labels: ['worker'],
  },
} as const satisfies Record<
  string,
  { type: 'gauge' | 'counter' | 'histogram'; help: string; labels: readonly string[] }
>

type Name = keyof typeof liveMetricNames

function systemOf({ target, cluster: { balancer, bridge } }: Plan): Record<string, string> {
  if (target !== null) return { protocol: target.protocol.kind, target: hostsOf(target.urls) }
  return { balancer: balancer.kind, strategy: balancer.strategy, bridge }
}
const deliveryCounters = [
  ['replayed', 'wsbench_messages_replayed_total'],
  ['reordered', 'wsbench_messages_reordered_total'],
  ['duplicates', 'wsbench_messages_duplicate_total'],
  ['unexpected', 'wsbench_messages_unexpected_total'],
] as const satisfies readonly (readonly [keyof DeliveryProgress, Name])[]

/** Keeps the metrics of a run as its ticks come. No series ever goes: what is over is 0. */
export class LiveMetrics implements RunObserver {
  readonly #registry = new Registry()
  readonly #origin = { instance: randomUUID(), startedMs: Date.now() }
  readonly #latency = new LatencyBuckets()
  readonly #latest = new Map<number, Tick>()
  #progress: DeliveryProgress = sumSoFar([])
  #stage: Stage | null = null

  constructor(plan: Plan) {
    this.#registry.registerMetric(this.#latency as never)
    this.#gauge('wsbench_info').set({ scenario: plan.name, ...systemOf(plan) }, 1)
    this.#gauge('wsbench_clients').set(plan.clients.count)
  }

  onStage(stage: Stage): void {
    if (this.#stage !== null) this.#gauge('wsbench_stage').set({ stage: this.#stage }, 0)
    this.#gauge('wsbench_stage').set({ stage }, 1)
    this.#stage = stage
  }

  onTick(worker: number, tick: Tick): void {
    this.#latest.set(worker, tick)
    this.#showConnections()
    this.#showDeliveries()
    this.#counter('wsbench_connections_opened_total').inc(tick.connects)
    this.#counter('wsbench_connections_closed_total').inc(tick.disconnects)
    for (const [kind, count] of Object.entries(tick.failures)) {
      this.#counter('wsbench_connect_failures_total').inc({ kind }, count)
    }
    this.#counter('wsbench_messages_sent_total').inc(tick.sent)
    this.#counter('wsbench_messages_received_total').inc(tick.received)
    this.#latency.add(tick.latency)
    this.#gauge('wsbench_generator_cpu_ratio').set({ worker }, tick.cpuShare)
    this.#gauge('wsbench_generator_event_loop_lag_seconds').set({ worker }, tick.eventLoopLagP99Micros / 1e6)
    this.#gauge('wsbench_generator_resident_memory_bytes').set({ worker }, tick.rssBytes)
  }

  onEvent({ id, finishedMicros }: EventRecord): void {
    this.#gauge('wsbench_event_active').set({ event: id }, Number.isFinite(finishedMicros) ? 0 : 1)
  }

  onCluster(): void {}

  onStart(): void {}

  onLogsKept(): void {}

  /** What `/metrics` answers. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** An OTLP export of all until now. */
  async otlp(): Promise<object> {
    return otlpRequest(await this.#registry.getMetricsAsJSON(), { ...this.#origin, nowMs: Date.now() })
  }

  /** Workers go on telling of nodes that are gone. */
  #showConnections(): void {
    const counts = sumByName([...this.#latest.values()].map(({ connectedByNode }) => connectedByNode))
    for (const [node, count] of Object.entries(counts))
      this.#gauge('wsbench_connections').set({ node }, count)
  }

  /** Ticks tell what there was so far; a counter takes what came since. */
  #showDeliveries(): void {
    const progress = sumSoFar([...this.#latest.values()])
    this.#gauge('wsbench_messages_missing').set(progress.missing)
    for (const [of, name] of deliveryCounters) this.#counter(name).inc(progress[of] - this.#progress[of])
    this.#progress = progress
  }

  #gauge(name: Name): Gauge {
    return (this.#registry.getSingleMetric(name) as Gauge | undefined) ?? new Gauge(this.#options(name))
  }

  #counter(name: Name): Counter {
    return (this.#registry.getSingleMetric(name) as Counter | undefined) ?? new Counter(this.#options(name))
  }

  #options(name: Name) {
    const { help, labels } = liveMetricNames[name]
    return { name, help, labelNames: labels as readonly string[], registers: [this.#registry] }
  }
}

/** A histogram that takes counts by the thousand; prom-client's own takes one value at a time. */
class LatencyBuckets {
  readonly name = 'wsbench_latency_seconds'
  readonly #scale = createHistogram() as JsHistogram
  readonly #counts = new Float64Array(BUCKETS.length + 1)
  #sumSeconds = 0

  /** Pairs of (index into a histogram's counts, count). */
  add(pairs: Uint32Array): void {
    for (let at = 0; at < pairs.length; at += 2) {
      const seconds = this.#scale.valueFromIndex(pairs[at]!) / 1e6
      const count = pairs[at + 1]!
      const bucket = BUCKETS.findIndex((bound) => seconds <= bound)
      this.#counts[bucket === -1 ? BUCKETS.length : bucket]! += count
      this.#sumSeconds += seconds * count
    }
  }

  /** What prom-client asks of a metric. */
  get() {
    const { name } = this
    let cumulative = 0
    const buckets = [...BUCKETS, '+Inf' as const].map((le, index) => {
      cumulative += this.#counts[index]!
      return { labels: { le }, value: cumulative, metricName: `${name}_bucket` }
    })
    return {
      name,
      help: liveMetricNames[name as Name].help,
      type: 'histogram' as unknown as MetricType,
      aggregator: 'sum' as const,
      values: [
        ...buckets,
        { labels: {}, value: this.#sumSeconds, metricName: `${name}_sum` },
        { labels: {}, value: cumulative, metricName: `${name}_count` },
      ],
    }
  }
}
