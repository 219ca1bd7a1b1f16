import { formatCount, formatShare } from '../../base/format.js'
import { losses } from '../../results/delivery/types.js'
import type { Delivery, Result } from '../../results/result.js'
import { losingCauses, lossNames } from '../losing-causes.js'
import type { Page } from '../page.js'
import { availabilityWords } from '../wording.js'

/** What was due, what came, and what did not: by class and cause. */
export function deliveriesBlock({ delivery, events }: Result, page: Page): string[] {
  const { published } = delivery
  return [
    page.heading('Deliveries'),
    ...page.facts([
      availabilityWords(delivery),
      ...some(delivery.unpublished, 'unpublished').map((fact) => page.paint('red', fact)),
      ...some(delivery.neverSubscribed, 'never subscribed').map((fact) => page.paint('red', fact)),
      ...some(delivery.indeterminate, 'indeterminate'),
    ]),
    ...page.facts([
      `${formatCount(delivery.due)} due`,
      `${formatCount(delivery.delivered)} delivered`,
      ...some(delivery.replayed, 'replayed'),
      lostWords(delivery, page),
      ...some(delivery.missingAtBoundary, 'missing at a boundary'),
    ]),
    ...page.facts(
      [
        ...some(delivery.reordered, 'reordered'),
        ...some(delivery.duplicateInEpoch, 'duplicated'),
        ...some(delivery.duplicateAcrossEpochs, 'duplicated across reconnects'),
        ...some(delivery.unexpected, 'unexpected'),
        ...some(delivery.ambiguous, 'ambiguous'),
      ].map((fact) => page.paint('yellow', fact)),
    ),
    ...page.facts(
      [
        `${formatCount(published.sent)} published`,
        `${formatCount(published.acked)} acked`,
        ...some(published.failed, 'failed'),
        ...some(published.refused, 'refused'),
        ...some(published.unackedDelivered, 'unacked yet received'),
        ...some(published.unacked, 'unacked and received by nobody'),
      ].map((fact) => page.paint('dim', fact)),
    ),
    ...lossTable(delivery, events, page),
    ...page.facts(
      Object.entries(delivery.unexplainedDuring).flatMap(([id, count]) =>
        some(count, `of the unexplained during ${id}`),
      ),
    ),
  ]
}

function lostWords({ due, lost, lossBound95 }: Delivery, page: Page): string {
  if (lost > 0) return page.paint('red', `${formatCount(lost)} lost (${formatShare(lost / due)})`)
  if (lossBound95 === null) return 'nothing to lose'
  return page.paint('green', `0 lost (below ${formatShare(lossBound95, 2)} at 95 % confidence)`)
}

function some(count: number, what: string): string[] {
  return count === 0 ? [] : [`${formatCount(count)} ${what}`]
}

function lossTable(delivery: Delivery, events: Result['events'], page: Page): string[] {
  const causes = losingCauses(delivery, events)
  if (causes.length === 0) return []
  const row = (name: string, counts: Delivery['byCause'][string]) => ({
    name,
    cells: [...losses, 'lost' as const].map((column) =>
      page.count(counts[column], formatCount(counts[column])),
    ),
  })
  return [
    '',
    ...page.grid(
      ['Lost by cause', ...losses.map((name) => lossNames[name]), 'all'],
      [
        ...causes.map((cause) => row(cause, delivery.byCause[cause]!)),
        ...(causes.length > 1 ? [row('all', delivery)] : []),
      ],
    ),
  ]
}
