import { entry } from '../../base/records.js'
import { type Metric, metric } from './metric.js'

/** Metrics of what a message costs the cluster. */
export function costMetrics(): Metric[] {
  return [
    metric(
      'broker.cpuPerMessage',
      'processor time of the broker for each message published, both of the measure phase',
      {
        unit: 'micros',
        nothing:
          'there is no broker whose processor time could be read, or nothing was published while it was measured',
      },
      ({ cluster, timeline }) => {
        const cpuMicros = entry(cluster.peaks, 'broker')?.measuredCpuMicros
        const measured = timeline.filter(({ tMs }) => tMs >= 0)
        const sent = measured.reduce((sum, second) => sum + second.sent, 0)
        return cpuMicros !== undefined && sent > 0 ? cpuMicros / sent : null
      },
    ),
  ]
}
