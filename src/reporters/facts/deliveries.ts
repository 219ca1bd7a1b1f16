import { formatShare, plural } from '../../base/format.js'
import { losses, UNEXPLAINED } from '../../results/delivery/types.js'
import type { Delivery, Result } from '../../results/result.js'
import { availabilityWords } from '../wording.js'
import {
  blockOf,
  type Column,
  countCell,
  counted,
  countedIfAny,
  type Fact,
  type FactBlock,
  type FactTable,
  factText,
} from './fact.js'
import { ungatedLosses } from './ungated-losses.js'

type Losses = Pick<Delivery, (typeof losses)[number] | 'lost'>

/** The classes of loss, as columns and in sentences. */
export const lossColumns = {
  lostInFlight: { label: 'in flight' },
  lostOnDisconnect: { label: 'on disconnect' },
  lostWhileOffline: { label: 'while offline' },
  falseRecovery: { label: 'false recovery' },
} as const satisfies Record<(typeof losses)[number], Column>

/** What was due, what became of it, and what each loss is attributed to. */
export function deliveriesFacts(result: Result): FactBlock | null {
  const { delivery, events, cluster } = result
  const { due, delivered, byCause, byChannel, byNode } = delivery
  const causes = [...events.map(({ id }) => id), UNEXPLAINED]
  return blockOf('Deliveries', {
    facts: [
      { label: 'availability', value: availabilityWords(delivery) },
      ...countedIfAny('unpublished', delivery.unpublished, { tone: 'bad' }),
      ...countedIfAny('never subscribed', delivery.neverSubscribed, { tone: 'bad' }),
      ...countedIfAny('indeterminate', delivery.indeterminate),
      counted('due', due),
      counted('delivered', delivered, due === 0 ? {} : { remark: formatShare(delivered / due) }),
      ...countedIfAny('late', delivery.late, { remark: 'after the grace period', tone: 'doubt' }),
      ...countedIfAny('replayed', delivery.replayed),
      lostFact(delivery),
      ...allowedFact(result),
      ...countedIfAny('not judged', delivery.missingAtBoundary, {
        remark: 'sent within 5 ms of a connect or disconnect',
      }),
      ...countedIfAny('reordered', delivery.reordered, { tone: 'doubt' }),
      ...countedIfAny('duplicates', delivery.duplicateInEpoch, { tone: 'doubt' }),
      ...countedIfAny('duplicates across reconnects', delivery.duplicateAcrossEpochs, { tone: 'doubt' }),
      ...countedIfAny('unexpected', delivery.unexpected, { tone: 'doubt' }),
      ...countedIfAny('corrupted', delivery.corrupted, { tone: 'bad' }),
      ...countedIfAny('malformed', delivery.malformed, { tone: 'bad' }),
      ...countedIfAny('ambiguous', delivery.ambiguous, { tone: 'doubt' }),
      ...Object.entries(delivery.unexplainedDuring).flatMap(([id, count]) =>
        countedIfAny('lost unexplained', count, { remark: `during ${id}`, tone: 'doubt' }),
      ),
      publishedFact(delivery.published),
    ],
    tables: [
      lossTable('Lost by cause', inOrder(byCause, causes), delivery),
      // One channel's losses are all losses.
      lossTable(
        'Lost by channel',
        Object.keys(byChannel).length > 1 ? Object.entries(byChannel) : [],
        delivery,
      ),
      lossTable('Lost by node', inOrder(byNode, cluster.nodes), delivery),
    ],
  })
}

function lostFact(delivery: Delivery): Fact {
  const { due, lost } = delivery
  if (lost > 0) return counted('lost', lost, { remark: formatShare(lost / due), tone: 'bad' })
  const bound = lossBoundWords(delivery)
  return counted('lost', 0, bound === null ? {} : { remark: bound, tone: 'good' })
}

/** A loss that no gate would have failed is not passed over in silence. */
function allowedFact(result: Result): Fact[] {
  const metrics = ungatedLosses(result)
  return metrics.length === 0
    ? []
    : [{ label: 'allowed', value: `no gate on ${metrics.join(', ')}`, tone: 'doubt' }]
}

/** How much no loss proves: `loss rate below 19 % at 95 % confidence, from 14 messages`. Null if nothing was due. */
export function lossBoundWords({ lossBound95, lossBoundWithheld, published }: Delivery): string | null {
  if (lossBound95 === null) return lossBoundWithheld && `no bound: ${lossBoundWithheld}`
  const bound = `loss rate below ${formatShare(lossBound95, 2)} at 95 % confidence`
  return `${bound}, from ${plural(published.acked, 'message')}`
}

/** `216 attempts, 215 sent, 215 acked, 1 not sent (no connection)` */
function publishedFact({
  sent,
  acked,
  failed,
  refused,
  unacked,
  unackedDelivered,
}: Delivery['published']): Fact {
  const parts = [
    counted('attempts', sent + failed),
    counted('sent', sent),
    counted('acked', acked),
    ...countedIfAny('not sent (no connection)', failed),
    ...countedIfAny('refused', refused),
    ...countedIfAny('unacked but delivered', unackedDelivered),
    ...countedIfAny('unacked and not delivered', unacked),
  ]
  return { label: 'published', value: parts.map(factText).join(', '), tone: 'quiet' }
}

/** Those that lost anything; the sum below where there are several. */
function lossTable(
  title: string,
  named: readonly (readonly [string, Losses])[],
  { due, ...all }: Delivery,
): FactTable {
  const losing = named.filter(([, { lost }]) => lost > 0)
  const rows = losing.length > 1 ? [...losing, ['all', all] as const] : losing
  return {
    title,
    columns: [
      ...losses.map((name) => lossColumns[name]),
      { label: 'lost' },
      { label: 'of all due', rank: 1 },
    ],
    rows: rows.map(([name, counts]) => ({
      name,
      cells: [
        ...[...losses, 'lost' as const].map((column) => countCell(counts[column], 'bad')),
        { value: formatShare(counts.lost / due) },
      ],
    })),
  }
}

/** The entries of `names` first, in their order. */
function inOrder(record: Readonly<Record<string, Losses>>, names: readonly string[]): [string, Losses][] {
  const order = [...new Set([...names, ...Object.keys(record)])]
  return order.flatMap((name): [string, Losses][] =>
    Object.hasOwn(record, name) ? [[name, record[name]!]] : [],
  )
}
