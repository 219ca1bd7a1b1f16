import { sortedByName } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { type DeliveryCounts, losses } from '../delivery/types.js'
import type { Delivery } from '../result.js'
import type { RunRecord } from '../run-record.js'

/** "Rule of three": with none lost of n, the loss rate is below 3/n with 95 % confidence. */
const RULE_OF_THREE = 3

/** The delivery report of all workers, and what was published. Warm-up is in `byPhase` and in the totals. */
export function deliveryOf({ delivery, published, unackedDelivered }: RunRecord): Delivery {
  const lost = lostOf(delivery.total)
  const { due } = delivery.total
  return {
    published: { ...published, unacked: published.unacked - unackedDelivered, unackedDelivered },
    ...delivery.total,
    lost,
    unexpected: delivery.unexpected,
    beforeDue: delivery.beforeDue,
    ambiguous: delivery.ambiguous,
    lossBound95: lost === 0 && due > 0 ? RULE_OF_THREE / due : null,
    byCause: withLost(delivery.byCause),
    byPhase: withLost(delivery.byPhase),
    byChannel: withLost(delivery.byChannel),
    byNode: withLost(delivery.byNode),
  }
}

export function lostOf(counts: DeliveryCounts): number {
  return sumOf(losses, (name) => counts[name])
}

function withLost(cells: Readonly<Record<string, DeliveryCounts>>): Delivery['byCause'] {
  const entries = Object.entries(cells).map(([name, counts]) => [name, { ...counts, lost: lostOf(counts) }])
  return sortedByName(Object.fromEntries(entries))
}
