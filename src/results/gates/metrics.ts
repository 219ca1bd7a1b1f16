import { entry } from '../../base/records.js'
import { affinityMetrics } from './affinity-metrics.js'
import { balanceMetrics } from './balance-metrics.js'
import { connectionMetrics, recoveryMetrics } from './connection-metrics.js'
import { costMetrics } from './cost-metrics.js'
import { deliveryMetrics } from './delivery-metrics.js'
import { hopMetrics } from './hop-metrics.js'
import { type Metric, summaryMetrics } from './metric.js'

/** Every metric of every gate, by name. Grammar, errors and docs follow from it. */
export const metrics: ReadonlyMap<string, Metric> = new Map(
  [
    ...latencyMetrics(),
    ...hopMetrics(),
    ...deliveryMetrics(),
    ...connectionMetrics(),
    ...recoveryMetrics(),
    ...balanceMetrics(),
    ...affinityMetrics(),
    ...costMetrics(),
  ].map((metric) => [metric.name, metric]),
)

function latencyMetrics(): Metric[] {
  return [
    ...summaryMetrics({
      prefix: 'latency',
      what: 'latency from intended send time',
      selectors: ['phase'],
      isOnTimeline: true,
      summaryOf: ({ latency }, selector) =>
        selector ? entry(latency.byPhase, selector.value) : latency.intended,
    }),
    ...summaryMetrics({
      prefix: 'latency.service',
      what: 'latency from actual send time',
      summaryOf: ({ latency }) => latency.service,
    }),
    ...summaryMetrics({
      prefix: 'latency.sendDelay',
      what: 'lateness of sends',
      summaryOf: ({ latency }) => latency.sendDelay,
    }),
  ]
}
