import { type Metric, metric, type Selector } from './metric.js'
import type { Measurement, Result } from './result.js'

/** Metrics of where clients that were cut off came back to. */
export function affinityMetrics(): Metric[] {
  return [
    metric(
      'affinity.sameNodeShare',
      'share of those that came back which found the node they had been on',
      { unit: 'ratio', selectors: ['event'] },
      (result, selector) => {
        const affinity = affinityOf(result, selector)
        return affinity && affinity.reconnectedSameNode / returned(affinity)
      },
    ),
    metric(
      'affinity.returnedToDrained',
      'clients sent to a node that was leaving the pool',
      { unit: 'count', selectors: ['event'] },
      (result, selector) => affinityOf(result, selector)?.returnedToDrained ?? null,
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

/** Null when nobody came back. */
function affinityOf({ affinity, events }: Measurement, selector: Selector): Result['affinity'] | null {
  const own = selector ? events.find(({ id }) => id === selector.value)?.affinity : affinity
  return own && returned(own) > 0 ? own : null
}

function returned({ reconnectedSameNode, reconnectedOtherNode }: Result['affinity']): number {
  return reconnectedSameNode + reconnectedOtherNode
}
