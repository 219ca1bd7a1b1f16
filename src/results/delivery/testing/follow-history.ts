import { classify } from '../classify.js'
import type { GapLimits } from '../gap-lists.js'
import { SubscriptionLayout } from '../layout.js'
import { LedgerIndex } from '../ledger-index.js'
import { mergeDelivery, mergeUnackedDelivered } from '../merge.js'
import { pending } from '../pending.js'
import { DeliveryTracker } from '../tracker.js'
import type { DeliveryReport, UnackedDelivered } from '../types.js'
import { unackedDelivered } from '../unacked-delivered.js'
import type { History } from './oracle.js'

/** Test support: one tracker for each of `workers`, that has seen what happened to its clients. */
export function followHistory(history: History, workers: number, limits?: GapLimits): DeliveryTracker[] {
  const { spans, boundaryMicros, graceMicros } = history
  const trackers = Array.from({ length: workers }, (_, worker) => {
    const layout = new SubscriptionLayout(history.clients, history.groups, worker, workers)
    const tracker = new DeliveryTracker(layout, spans, boundaryMicros, graceMicros, limits)
    tracker.setMeasureStart(history.measureMicros)
    return tracker
  })
  for (const happening of history.happenings) {
    const tracker = trackers[happening.client % workers]!
    const client = Math.floor(happening.client / workers)
    if (happening.kind === 'begin') {
      tracker.beginEpoch(client, happening.at, happening.node, happening.recovered)
    } else if (happening.kind === 'handOver') {
      tracker.handOver(client, happening.at, happening.node, happening.recovered)
    } else if (happening.kind === 'end') tracker.endEpoch(client, happening.at)
    else if (happening.kind === 'endLeft') tracker.endLeft(client, happening.at)
    else {
      const { channel, publisher, sequence, isOnLeft } = happening
      const { planned: plannedMicros, sent: sentMicros, at: receivedMicros } = happening
      const when = { plannedMicros, sentMicros, receivedMicros }
      tracker.receive({ client, channel, publisher, sequence, ...when, isOnLeft })
    }
  }
  return trackers
}

/** Test support: what all trackers together proved, and their merged report. */
export function judgeHistory(
  history: History,
  trackers: readonly DeliveryTracker[],
): { readonly unackedDelivered: UnackedDelivered[]; readonly report: DeliveryReport } {
  const all = mergeUnackedDelivered(trackers.flatMap((tracker) => unackedDeliveredTo(tracker, history)))
  const judgement = { ...history, unackedDelivered: all, groupNames: history.groups.map(({ name }) => name) }
  return {
    unackedDelivered: all,
    report: mergeDelivery(trackers.map((tracker) => classify(tracker, judgement))),
  }
}

/** Test support: as a worker asks, once, at the end. */
export function unackedDeliveredTo(
  tracker: DeliveryTracker,
  { ledgers }: Pick<History, 'ledgers'>,
): UnackedDelivered[] {
  tracker.close()
  return unackedDelivered(tracker, new LedgerIndex(ledgers, tracker.layout.streams))
}

/** Test support: as a worker asks while it waits. */
export function pendingAt(
  tracker: DeliveryTracker,
  { ledgers, graceMicros }: Pick<History, 'ledgers' | 'graceMicros'>,
  nowMicros: number,
): number {
  return pending(tracker, new LedgerIndex(ledgers, tracker.layout.streams), nowMicros - graceMicros)
}
