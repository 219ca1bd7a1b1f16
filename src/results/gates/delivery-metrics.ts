import { entry } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { availabilityOf } from '../assemble/delivery.js'
import { type DeliveryClass, deliveryClasses, losses, notDue } from '../delivery/types.js'
import type { Delivery } from '../result.js'
import {
  type Metric,
  metric,
  type ReadMetric,
  type SecondsReading,
  type SelectorKey,
  selectable,
} from './metric.js'
import { secondsMetric } from './seconds-metric.js'
import { secondsOf } from './window-sum.js'

type Class = DeliveryClass | 'lost'

/** Metrics of every class of delivery (docs/delivery.md), and of what was published. */
export function deliveryMetrics(): Metric[] {
  return [
    ...classMetrics(),
    lostShare(),
    availability(),
    secondsMetric('received', {
      name: 'delivery.received',
      summary: 'copies that clients received in the measure phase, of any class',
      better: 'higher',
    }),
    throughput(),
    ...unjudgedMetrics(),
    ...publishedMetrics(),
  ]
}

/** Over whole seconds of the timeline. */
function throughput(): Metric {
  return metric(
    'delivery.throughput',
    'copies that clients received per second of the measure phase',
    { unit: 'rate', selectors: ['phase'], better: 'higher' },
    ({ timeline, scenario }, selector) => {
      const seconds = secondsOf(timeline, scenario.plan.phases.spans, selector?.value ?? null).flat()
      return seconds.length === 0 ? null : sumOf(seconds, ({ received }) => received) / seconds.length
    },
  )
}

const wanted: ReadonlySet<Class> = new Set(['planned', 'due', 'delivered', 'replayed'])

/** Counts that prove something even where nothing was due. */
const ofPlanned: ReadonlySet<Class> = new Set(['planned', ...notDue, 'due'])

/** Classes of deliveries that never came: only these have a cause. */
const caused: ReadonlySet<Class> = new Set([
  ...notDue,
  'lost',
  'lostInFlight',
  'lostOnDisconnect',
  'lostWhileOffline',
  'falseRecovery',
  'missingAtBoundary',
])

/** A delivery that is ambiguous is in none of these. */
const certain: ReadonlySet<Class> = new Set([
  'lost',
  ...losses,
  'late',
  'reordered',
  'duplicateInEpoch',
  'duplicateAcrossEpochs',
])

const summaries: Readonly<Record<Class, string>> = {
  planned: 'scheduled sends times the members of their channels, whatever the cluster did',
  unpublished: 'planned deliveries of messages that could not be published',
  neverSubscribed: 'planned deliveries to members that had not been subscribed once by then',
  indeterminate: 'planned deliveries of messages that were neither acknowledged nor received by anybody',
  due: 'deliveries that the cluster owed',
  delivered: 'received within the grace period, on the connection that was subscribed when they were sent',
  late: 'received after the grace period, on the connection that was subscribed when they were sent',
  replayed: 'received on a later connection, by resume or handover',
  lost: 'lostInFlight + lostOnDisconnect + lostWhileOffline + falseRecovery',
  lostInFlight:
    'never received: sent well within a subscription, or before a message that arrived on the same connection',
  lostOnDisconnect: 'never received: sent less than the grace period before the disconnect',
  lostWhileOffline: 'never received: sent while the client was not connected',
  falseRecovery: 'never received, although the server reported a complete recovery',
  missingAtBoundary: 'never received, not judged: sent within 5 ms of a connect or disconnect',
  reordered: 'received after a later message of their stream',
  duplicateInEpoch: 'further copies in the same epoch',
  duplicateAcrossEpochs: 'further copies in a later epoch',
}

function classMetrics(): Metric[] {
  return [...deliveryClasses, 'lost' as const].map((name) => {
    const selectors: readonly SelectorKey[] = caused.has(name)
      ? ['phase', 'channel', 'node', 'cause']
      : ['phase', 'channel', 'node']
    const inSeconds = name === 'lost' ? lostInSeconds : null
    return metric(
      `delivery.${name}`,
      summaries[name],
      {
        unit: 'count',
        selectors,
        better: wanted.has(name) ? 'higher' : 'lower',
        isLowerBound: certain.has(name),
        inSeconds,
      },
      readClass(name),
    )
  })
}

/** Losses are known at the end of the run. */
const lostInSeconds: SecondsReading = { selectors: ['phase'], isLive: false, read: ({ lost }) => lost }
const sentInSeconds: SecondsReading = { selectors: [], isLive: true, read: ({ sent }) => sent }

function unjudgedMetrics(): Metric[] {
  const counts = {
    unexpected: 'copies that were never published, or not to this subscriber',
    corrupted: 'copies whose body was changed on its way; their deliveries count in their class as well',
    malformed:
      'messages whose tag could not be read, as they were cut or changed; their deliveries are missing',
    beforeDue: "first copies of messages sent before the subscriber's first subscription",
    ambiguous: 'deliveries that could not be put into a class',
  } as const
  return Object.entries(counts).map(([name, summary]) =>
    metric(
      `delivery.${name}`,
      summary,
      { unit: 'count', isLowerBound: name !== 'beforeDue' && name !== 'ambiguous' },
      ({ delivery }) => delivery[name as keyof typeof counts],
    ),
  )
}

/** Where nothing was planned or due, there is nothing to judge, other than these counts themselves. */
function readClass(name: Class): ReadMetric {
  const provesOf = ofPlanned.has(name) ? 'planned' : 'due'
  return (result, selector) => {
    const { delivery } = result
    if (delivery[provesOf] === 0) return name === 'planned' || name === 'due' ? 0 : null
    if (selector?.key === 'cause') {
      const isKnown = selectable(result, 'cause').includes(selector.value)
      return entry(delivery.byCause, selector.value)?.[name] ?? (isKnown ? 0 : null)
    }
    const cell = selector ? entry(breakdown(delivery, selector.key), selector.value) : delivery
    return cell && (cell[provesOf] > 0 || name === 'planned' || name === 'due') ? cell[name] : null
  }
}

function availability(): Metric {
  return metric(
    'delivery.availability',
    '(delivered + replayed) ÷ planned',
    { unit: 'ratio', selectors: ['phase', 'channel'], better: 'higher', nothing: 'nothing was planned' },
    ({ delivery }, selector) => {
      const cell = selector ? entry(breakdown(delivery, selector.key), selector.value) : delivery
      return cell ? availabilityOf(cell) : null
    },
  )
}

/** A cause has nothing that is due to it alone: its losses are a share of all that was due. */
function lostShare(): Metric {
  const [readLost, readDue] = [readClass('lost'), readClass('due')]
  return metric(
    'delivery.lostShare',
    'lost ÷ due; for a cause, ÷ everything due',
    { unit: 'ratio', selectors: ['phase', 'channel', 'node', 'cause'] },
    (result, selector) => {
      const lost = readLost(result, selector)
      const due = readDue(result, selector?.key === 'cause' ? null : selector)
      return lost === null || due === null || due === 0 ? null : lost / due
    },
  )
}

function breakdown(delivery: Delivery, key: SelectorKey): Delivery['byPhase'] {
  if (key === 'phase') return delivery.byPhase
  return key === 'channel' ? delivery.byChannel : delivery.byNode
}

function publishedMetrics(): Metric[] {
  const outcomes = {
    sent: 'messages written to a socket',
    acked: 'messages confirmed',
    failed: 'messages that could not be written',
    refused: 'messages that the server refused and nobody received',
    unacked: 'messages neither confirmed nor received by anybody',
    unackedDelivered: 'messages not confirmed, yet received by somebody',
  } as const
  return Object.entries(outcomes).map(([name, summary]) =>
    metric(
      `published.${name}`,
      summary,
      {
        unit: 'count',
        better: name === 'sent' || name === 'acked' ? 'higher' : 'lower',
        inSeconds: name === 'sent' ? sentInSeconds : null,
      },
      ({ delivery }) => delivery.published[name as keyof typeof outcomes],
    ),
  )
}
