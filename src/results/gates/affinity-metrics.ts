import type { Measurement, Result } from '../result.js'
import { type Metric, metric, type Selector } from './metric.js'

/** Metrics of where clients that were cut off came back to. */
export function affinityMetrics(): Metric[] {
  return [
    metric(
      'affinity.sameNodeShare',
      'share of those that came back which found the node they had been on',
      { unit: 'ratio', selectors: ['event'], better: 'higher' },
      (result, selector) => {
        const affinity = affinityOf(result, selector)
        return affinity && returned(affinity) > 0 ? affinity.reconnectedSameNode / returned(affinity) : null
      },
    ),
    metric(
      'affinity.routedToDraining',
      'times that a client was sent to a node that was leaving the pool, be it taken or turned away',
      {
        unit: 'count',
        selectors: ['event'],
        nothing: 'no node was drained, or nobody was cut off by it',
      },
      (result, selector) => affinityOf(result, selector)?.routedToDraining ?? null,
    ),
    metric(
      'affinity.remappedShare',
      'share of those back after an event changed the pool that were not sent to their node, which was there',
      {
        unit: 'ratio',
        selectors: ['event'],
        needsSelector: true,
        nothing: 'nobody whose node was still there came back',
      },
      ({ events }, selector) => {
        const remapped = events.find(({ id }) => id === selector?.value)?.remapped
        return remapped && remapped.returned > 0 ? remapped.moved / remapped.returned : null
      },
    ),
  ]
}

/** Null when nobody came back, or was sent back. */
function affinityOf({ affinity, events }: Measurement, selector: Selector): Result['affinity'] | null {
  const own = selector ? events.find(({ id }) => id === selector.value)?.affinity : affinity
  return own && returned(own) + (own.routedToDraining ?? 0) > 0 ? own : null
}

function returned({ reconnectedSameNode, reconnectedOtherNode }: Result['affinity']): number {
  return reconnectedSameNode + reconnectedOtherNode
}
