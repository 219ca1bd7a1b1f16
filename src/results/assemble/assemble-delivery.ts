import { sortedByName } from '../../base/records.js'
import { type DeliveryCounts, losses } from '../delivery/types.js'
import type { Delivery } from '../result.js'
import type { RunRecord } from '../run-record.js'

/** "Rule of three": with none lost of n, the loss rate is below 3/n with 95 % confidence. */
const RULE_OF_THREE = 3

/** The delivery report of all workers, with what was published beside it. Warm-up is in `byPhase` and in the totals. */
export function deliveryOf({ delivery, published, unackedDelivered: received }: RunRecord): Delivery {
  const lost = lostOf(delivery.total)
  const { due } = delivery.total
  return {
    published: {
      ...published,
      refused: published.refused - received.refused,
      unacked: published.unacked - received.unacked,
      unackedDelivered: received.refused + received.unacked,
    },
    availability: availabilityOf(delivery.total),
    ...delivery.total,
    lost,
    unexpected: delivery.unexpected,
    beforeDue: delivery.beforeDue,
    ambiguous: delivery.ambiguous,
    lossBound95: lost === 0 && due > 0 ? RULE_OF_THREE / due : null,
    unexplainedDuring: delivery.unexplainedDuring,
    byCause: withLost(delivery.byCause),
    byPhase: withLost(delivery.byPhase),
    byChannel: withLost(delivery.byChannel),
    byNode: withLost(delivery.byNode),
  }
}

/** Share of the planned deliveries that happened; null where none was planned. */
export function availabilityOf({ planned, delivered, replayed }: DeliveryCounts): number | null {
  return planned === 0 ? null : (delivered + replayed) / planned
}

export function lostOf(counts: DeliveryCounts): number {
  return losses.reduce((sum, name) => sum + counts[name], 0)
}

function withLost(cells: Readonly<Record<string, DeliveryCounts>>): Delivery['byCause'] {
  const entries = Object.entries(cells).map(([name, counts]) => [name, { ...counts, lost: lostOf(counts) }])
  return sortedByName(Object.fromEntries(entries))
}
