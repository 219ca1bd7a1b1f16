import { sortedByName } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { type DeliveryCounts, losses } from '../delivery/types.js'
import type { Delivery } from '../result.js'
import type { RunRecord } from '../run-record.js'

/** The delivery report of all workers, and what was published. Warm-up is in `byPhase` and in the totals. */
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
    corrupted: delivery.corrupted,
    malformed: delivery.malformed,
    beforeDue: delivery.beforeDue,
    ambiguous: delivery.ambiguous,
    ...(lost === 0 && due > 0 ? lossBound(Math.min(due, published.acked)) : noLossBound),
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

const noLossBound = { lossBound95: null, lossBoundWithheld: null } as const

/**
 * What no loss of `messages` proves: with a loss rate above 1 − 0.05^(1/n), one would have been seen with 95 % confidence.
 * The units are messages, not deliveries: a message may be lost for all its subscribers at once. Only acknowledged ones
 * count, as one that was neither acknowledged nor received is not known to be lost.
 */
function lossBound(messages: number): Pick<Delivery, 'lossBound95' | 'lossBoundWithheld'> {
  return messages > 0
    ? { lossBound95: 1 - 0.05 ** (1 / messages), lossBoundWithheld: null }
    : { lossBound95: null, lossBoundWithheld: 'nothing acknowledges messages' }
}

export function lostOf(counts: DeliveryCounts): number {
  return sumOf(losses, (name) => counts[name])
}

function withLost(cells: Readonly<Record<string, DeliveryCounts>>): Delivery['byCause'] {
  const entries = Object.entries(cells).map(([name, counts]) => [name, { ...counts, lost: lostOf(counts) }])
  return sortedByName(Object.fromEntries(entries))
}
