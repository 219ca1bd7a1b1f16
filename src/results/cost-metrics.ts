import { type Metric, metric } from './metric.js'
import { entry } from './records.js'

/** Metrics of what a message costs the cluster. */
export function costMetrics(): Metric[] {
  return [
    metric(
      'broker.cpuPerMessage',
      'processor time of the broker, from its start to the end, for each message published',
      {
        unit: 'micros',
        nothing: 'there is no broker whose processor time could be read, or nothing was published',
      },
      ({ cluster, delivery }) => {
        const broker = entry(cluster.peaks, 'broker')
        const { sent } = delivery.published
        return broker && sent > 0 ? broker.cpuMicros / sent : null
      },
    ),
  ]
}
