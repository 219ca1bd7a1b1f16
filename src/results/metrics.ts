import { connectionMetrics, recoveryMetrics } from './connection-metrics.js'
import { deliveryMetrics } from './delivery-metrics.js'
import { type Metric, metric, summaryMetrics } from './metric.js'
import { entry } from './records.js'
import type { Measurement } from './result.js'

/** Every metric of every gate, by name. Grammar, errors and docs follow from it. */
export const metrics: ReadonlyMap<string, Metric> = new Map(
  [
    ...latencyMetrics(),
    ...deliveryMetrics(),
    ...connectionMetrics(),
    ...recoveryMetrics(),
    ...balanceMetrics(),
    ...affinityMetrics(),
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

function balanceMetrics(): Metric[] {
  const ratios = {
    maxOverMean: 'connections of the fullest node over the mean',
    minOverMean: 'connections of the emptiest node over the mean',
    coefficientOfVariation: 'standard deviation of connections per node over the mean',
  } as const
  return Object.entries(ratios).map(([name, summary]) =>
    metric(
      `balance.${name}`,
      summary,
      {
        unit: 'ratio',
        selectors: ['at'],
        needsSelector: true,
        better: name === 'minOverMean' ? 'higher' : 'lower',
      },
      ({ balance }, selector) => entry(balance, selector?.value ?? '')?.[name as keyof typeof ratios] ?? null,
    ),
  )
}

function affinityMetrics(): Metric[] {
  const returned = ({ affinity }: Measurement) => affinity.reconnectedSameNode + affinity.reconnectedOtherNode
  return [
    metric(
      'affinity.sameNodeShare',
      'share of those that came back which found the node they had been on',
      { unit: 'ratio', better: 'higher' },
      (result) => (returned(result) === 0 ? null : result.affinity.reconnectedSameNode / returned(result)),
    ),
    metric(
      'affinity.returnedToDrained',
      'clients sent to a node that was leaving the pool',
      { unit: 'count' },
      (result) => (returned(result) === 0 ? null : result.affinity.returnedToDrained),
    ),
  ]
}
