import { formatCount, formatShare } from '../../../base/format.js'
import { losses, UNEXPLAINED } from '../../../results/delivery/types.js'
import type { Delivery, Result } from '../../../results/result.js'
import { lossNames } from '../../losing-causes.js'
import { availabilityWords } from '../../wording.js'
import { badCount, dataTable, factList, type Row } from '../data-table.js'
import type { Section } from '../figure.js'
import { html, type Markup } from '../markup.js'

type Counts = Delivery['byCause'][string]

const MOST_ROWS = 50

/** The account of every delivery: what was due, what came of it, and whose doing each loss was. */
export function lossesSection({ delivery, events, cluster }: Result): Section {
  const ids = events.map(({ id }) => id)
  return {
    id: 'deliveries',
    title: 'Deliveries',
    charts: [],
    body: html`${factList(accountOf(delivery))}
${breakdown('Lost by cause', inOrder(delivery.byCause, [...ids, UNEXPLAINED]), delivery)}
${breakdown('Lost by channel', Object.entries(delivery.byChannel), null)}
${breakdown('Lost by node', inOrder(delivery.byNode, cluster.nodes), null)}
<p class="hint">In flight: sent well within a subscription. At break: sent as the connection was about to end. Offline: sent
while the subscriber was away. False recovery: the server claimed to have replayed it.</p>`,
  }
}

function accountOf(delivery: Delivery): [string, string | Markup][] {
  const { published } = delivery
  const shareOf = (count: number) => (delivery.due === 0 ? '' : ` (${formatShare(count / delivery.due)})`)
  return [
    ['Planned', availabilityWords(delivery)],
    ['Published', `${formatCount(published.sent)}, ${formatCount(published.acked)} of them acked`],
    ...some(published.failed, 'Failed to publish'),
    ...some(published.refused, 'Refused by the server'),
    ...some(published.unackedDelivered, 'Unacked, yet received'),
    ...some(published.unacked, 'Unacked, received by nobody'),
    ...some(delivery.unpublished, 'Deliveries unpublished'),
    ...some(delivery.neverSubscribed, 'Of members never subscribed'),
    ...some(delivery.indeterminate, 'Indeterminate'),
    ['Due', formatCount(delivery.due)],
    ['Delivered', `${formatCount(delivery.delivered)}${shareOf(delivery.delivered)}`],
    ...some(delivery.replayed, 'Replayed'),
    ['Lost', badCount(delivery.lost, `${formatCount(delivery.lost)}${shareOf(delivery.lost)}`)],
    ...some(delivery.missingAtBoundary, 'Missing at a boundary, not judged'),
    ...some(delivery.reordered, 'Reordered'),
    ...some(delivery.duplicateInEpoch, 'Duplicated'),
    ...some(delivery.duplicateAcrossEpochs, 'Duplicated across reconnects'),
    ...some(delivery.unexpected, 'Unexpected'),
    ...some(delivery.ambiguous, 'Ambiguous'),
  ]
}

function some(count: number, name: string): [string, string][] {
  return count === 0 ? [] : [[name, formatCount(count)]]
}

/** Those that lost anything, class by class; the sum below where there are several. */
function breakdown(
  title: string,
  named: readonly (readonly [string, Counts])[],
  all: Delivery | null,
): Markup | null {
  const losers = named.filter(([, { lost }]) => lost > 0)
  if (losers.length === 0) return null
  const rest = losers.length - MOST_ROWS
  const rows = losers.slice(0, MOST_ROWS).map(([name, counts]) => rowOf(name, counts))
  return html`<h3>${title}</h3>${dataTable(
    ['', ...losses.map((name) => lossNames[name]), 'all'],
    all !== null && losers.length > 1 ? [...rows, rowOf('all', all)] : rows,
  )}${rest > 0 ? html`<p class="hint">and ${rest} more</p>` : null}`
}

function rowOf(name: string, counts: Pick<Delivery, (typeof losses)[number] | 'lost'>): Row {
  return {
    name,
    cells: [...losses, 'lost' as const].map((column) =>
      badCount(counts[column], formatCount(counts[column])),
    ),
  }
}

/** The entries of `names` first, in their order. */
function inOrder(record: Readonly<Record<string, Counts>>, names: readonly string[]): [string, Counts][] {
  const order = [...new Set([...names, ...Object.keys(record)])]
  return order.flatMap((name): [string, Counts][] =>
    Object.hasOwn(record, name) ? [[name, record[name]!]] : [],
  )
}
