import { sumOf } from '../../base/sum.js'
import { type Metric, metric } from './metric.js'
import { secondsOf } from './window-sum.js'

interface SecondsMetric {
  readonly name: string
  readonly summary: string
  readonly better: Metric['better']
}

/** A count of the timeline: over the whole seconds of the measure phase, of a phase, or of a window. */
export function secondsMetric(
  figure: 'disconnects' | 'received',
  { name, summary, better }: SecondsMetric,
): Metric {
  return metric(
    name,
    summary,
    {
      unit: 'count',
      selectors: ['phase'],
      better,
      inSeconds: { selectors: ['phase'], isLive: true, read: (sum) => sum[figure] },
    },
    ({ timeline, scenario }, selector) => {
      const seconds = secondsOf(timeline, scenario.plan.phases.spans, selector?.value ?? null).flat()
      return seconds.length === 0 ? null : sumOf(seconds, (second) => second[figure])
    },
  )
}
