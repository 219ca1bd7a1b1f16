import type { Measurement, Result } from '../result.js'
import { type Metric, metric, type Selector } from './metric.js'

/** Metrics of the nodes that clients reconnected to. */
export function affinityMetrics(): Metric[] {
  return [
    metric(
      'affinity.sameNodeShare',
      'share of reconnects that reached the same node again',
      { unit: 'ratio', selectors: ['event'], better: 'higher' },
      (result, selector) => {
        const affinity = affinityOf(result, selector)
        return affinity && reconnected(affinity) > 0
          ? affinity.reconnectedSameNode / reconnected(affinity)
          : null
      },
    ),
    metric(
      'affinity.routedToDraining',
      'times that the balancer sent a client to a draining node, whether the node accepted it or not',
      {
        unit: 'count',
        selectors: ['event'],
        nothing: 'no node was drained, or no client reconnected',
      },
      (result, selector) => affinityOf(result, selector)?.routedToDraining ?? null,
    ),
    metric(
      'affinity.remappedShare',
      'share of clients that were sent to another node after an event changed the pool, although their own was there',
      {
        unit: 'ratio',
        selectors: ['event'],
        needsSelector: true,
        nothing: 'no client reconnected while its node was there',
      },
      ({ events }, selector) => {
        const remapped = events.find(({ id }) => id === selector?.value)?.remapped
        return remapped && remapped.returned > 0 ? remapped.moved / remapped.returned : null
      },
    ),
  ]
}

/** Null if no client reconnected, nor was sent to a draining node. */
function affinityOf({ affinity, events }: Measurement, selector: Selector): Result['affinity'] | null {
  const own = selector ? events.find(({ id }) => id === selector.value)?.affinity : affinity
  return own && reconnected(own) + (own.routedToDraining ?? 0) > 0 ? own : null
}

function reconnected({ reconnectedSameNode, reconnectedOtherNode }: Result['affinity']): number {
  return reconnectedSameNode + reconnectedOtherNode
}
