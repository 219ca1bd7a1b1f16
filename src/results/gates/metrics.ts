import { entry } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { affinityMetrics } from './affinity-metrics.js'
import { balanceMetrics } from './balance-metrics.js'
import { connectionMetrics, recoveryMetrics } from './connection-metrics.js'
import { deliveryMetrics } from './delivery-metrics.js'
import { type Metric, metric, type SummaryMetrics, summaryMetrics } from './metric.js'

/** Nodes time the first two; the receipt is the generator's reading. */
const hops = {
  toNode: { what: "from the publisher's write to its node", added: [] },
  broker: { what: "from the publisher's node through the broker to the subscriber's node", added: [] },
  toClient: { what: "from the subscriber's node to the subscriber", added: ['eventLoopLag'] },
  sameNode: { what: 'end-to-end, publisher and subscriber on the same node', added: ['eventLoopLag'] },
  crossNode: { what: 'end-to-end, publisher and subscriber on different nodes', added: ['eventLoopLag'] },
} as const satisfies Record<string, Pick<SummaryMetrics, 'what' | 'added'>>

/** Every metric, by name. The grammar of gates, its errors and the table in docs/gates.md are made from it. */
export const metrics: ReadonlyMap<string, Metric> = new Map(
  [
    ...latencyMetrics(),
    ...hopMetrics(),
    ...deliveryMetrics(),
    ...connectionMetrics(),
    ...recoveryMetrics(),
    ...balanceMetrics(),
    ...affinityMetrics(),
    brokerCost(),
  ].map((metric) => [metric.name, metric]),
)

function latencyMetrics(): Metric[] {
  return [
    ...summaryMetrics({
      prefix: 'latency',
      what: 'latency from planned send',
      selectors: ['phase', 'channel'],
      isOnTimeline: true,
      added: ['sendDelay', 'eventLoopLag'],
      summaryOf: ({ latency }, selector) => {
        if (!selector) return latency.fromPlannedSend
        return entry(selector.key === 'phase' ? latency.byPhase : latency.byChannel, selector.value)
      },
    }),
    ...summaryMetrics({
      prefix: 'latency.service',
      what: 'latency from actual send',
      added: ['eventLoopLag'],
      summaryOf: ({ latency }) => latency.service,
    }),
    ...summaryMetrics({
      prefix: 'latency.sendDelay',
      what: 'generator delay',
      summaryOf: ({ latency }) => latency.sendDelay,
    }),
  ]
}

function hopMetrics(): Metric[] {
  return Object.entries(hops).flatMap(([hop, options]) =>
    summaryMetrics({
      prefix: `latency.hop.${hop}`,
      ...options,
      summaryOf: ({ latency }) => latency.hops?.[hop as keyof typeof hops],
    }),
  )
}

function brokerCost(): Metric {
  return metric(
    'broker.cpuPerMessage',
    'CPU time of the broker per message published, in the measure phase',
    {
      unit: 'micros',
      nothing: "the broker's CPU time is not known, or nothing was published in the measure phase",
    },
    ({ cluster, timeline }) => {
      const broker = entry(cluster.peaks, 'broker')
      const measured = timeline.filter(({ tMs }) => tMs >= 0)
      const sent = sumOf(measured, (second) => second.sent)
      return broker && sent > 0 ? broker.measuredCpuMicros / sent : null
    },
  )
}
