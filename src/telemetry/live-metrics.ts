import { randomUUID } from 'node:crypto'
import type { JsHistogram } from 'hdr-histogram-js'
import { Counter, Gauge, type MetricType, Registry } from 'prom-client'
import { sumByName } from '../base/records.js'
import type { EventRecord } from '../chaos/event.js'
import { progressOf } from '../live/delivery-progress.js'
import type { Plan } from '../plan/plan.js'
import { hostsOf } from '../reporters/wording.js'
import { secondOf } from '../results/assemble/timeline.js'
import type { DeliveryProgress } from '../results/delivery/types.js'
import { createHistogram } from '../results/latency/histogram.js'
import type { Tick } from '../results/worker-records.js'
import type { RunObserver, Stage } from '../run/observer.js'
import { otlpRequest } from './otlp-request.js'

/** Upper bounds of the latency buckets, s. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const

const gauge = (help: string, labels: readonly string[] = []) => ({ type: 'gauge', help, labels }) as const
const counter = (help: string, labels: readonly string[] = []) => ({ type: 'counter', help, labels }) as const

/** Every metric of a run in progress, in Prometheus's base units; docs/reporters.md lists them from here. */
export const liveMetricNames = {
  wsbench_info: gauge('The scenario, and the parts of the cluster or the target; always 1', [
    'scenario',
    'balancer',
    'strategy',
    'bridge',
    'protocol',
    'target',
  ]),
  wsbench_stage: gauge(
    '1 for the current stage, 0 for earlier ones: cluster, connect, traffic, settle, judge',
    ['stage'],
  ),
  wsbench_clients: gauge('Clients of the scenario'),
  wsbench_connections: gauge('Clients connected and subscribed, by node', ['node']),
  wsbench_connections_opened_total: counter('Connections opened'),
  wsbench_connections_closed_total: counter('Connections closed'),
  wsbench_connect_failures_total: counter('Failed connection attempts, by kind of failure', ['kind']),
  wsbench_messages_sent_total: counter('Messages sent by publishers'),
  wsbench_messages_received_total: counter('Messages received by clients'),
  wsbench_messages_missing: gauge(
    'Messages missing at clients that have received a later one of the same stream; may still arrive',
  ),
  wsbench_messages_replayed_total: counter('Messages received that were sent before the client reconnected'),
  wsbench_messages_reordered_total: counter('Messages received after a later one of the same stream'),
  wsbench_messages_duplicate_total: counter('Further copies of messages the client already had'),
  wsbench_messages_unexpected_total: counter('Messages received that were not published to the client'),
  wsbench_latency_seconds: {
    type: 'histogram',
    help: 'Latency from the planned send of a message to its receipt, without the warm-up',
    labels: ['le'],
  },
  wsbench_event_active: gauge('1 during an event, 0 after its end', ['event']),
  wsbench_generator_cpu_ratio: gauge('Share of a core used by a generator worker in the last second', [
    'worker',
  ]),
  wsbench_generator_event_loop_lag_seconds: gauge(
    'p99 of the event-loop lag of a generator worker in the last second',
    ['worker'],
  ),
  wsbench_generator_resident_memory_bytes: gauge('Resident memory of a generator worker', ['worker']),
} as const

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

/** The metrics of a run in progress. A series is never removed: what has ended is set to 0. */
export class LiveMetrics implements Partial<RunObserver> {
  readonly #registry = new Registry()
  readonly #origin = { instance: randomUUID(), startedMs: Date.now() }
  readonly #latency = new LatencyBuckets()
  readonly #latest = new Map<number, Tick>()
  #progress: DeliveryProgress = progressOf([])
  #stage: Stage | null = null
  #measureMicros = Number.POSITIVE_INFINITY

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

  onStart(measureMicros: number): void {
    this.#measureMicros = measureMicros
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
    if (secondOf(tick, this.#measureMicros) >= 0) this.#latency.add(tick.latency)
    this.#gauge('wsbench_generator_cpu_ratio').set({ worker }, tick.cpuShare)
    this.#gauge('wsbench_generator_event_loop_lag_seconds').set({ worker }, tick.eventLoopLagP99Micros / 1e6)
    this.#gauge('wsbench_generator_resident_memory_bytes').set({ worker }, tick.rssBytes)
  }

  onEvent({ id, finishedMicros }: EventRecord): void {
    this.#gauge('wsbench_event_active').set({ event: id }, Number.isFinite(finishedMicros) ? 0 : 1)
  }

  /** What `/metrics` answers. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** An OTLP export of all metrics now. */
  async otlp(): Promise<object> {
    return otlpRequest(await this.#registry.getMetricsAsJSON(), { ...this.#origin, nowMs: Date.now() })
  }

  /** Ticks keep naming nodes that are gone, with 0. */
  #showConnections(): void {
    const counts = sumByName([...this.#latest.values()].map(({ connectedByNode }) => connectedByNode))
    for (const [node, count] of Object.entries(counts))
      this.#gauge('wsbench_connections').set({ node }, count)
  }

  /** Ticks count from the start of the run; a counter takes what is new. */
  #showDeliveries(): void {
    const progress = progressOf([...this.#latest.values()])
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
    return { name, help, labelNames: labels, registers: [this.#registry] }
  }
}

/** A histogram to which counts are added; prom-client's own takes one value at a time. */
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

  /** Called by prom-client. */
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
