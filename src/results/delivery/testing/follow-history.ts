import { SubscriptionLayout } from '../layout.js'
import { mergeDelivery, mergeProven } from '../merge.js'
import { DeliveryTracker } from '../tracker.js'
import type { DeliveryReport, ProvenMessages } from '../types.js'
import type { History } from './oracle.js'

/** Test support: one tracker for each of `workers`, that has seen what happened to its clients. */
export function followHistory(history: History, workers: number): DeliveryTracker[] {
  const trackers = Array.from({ length: workers }, (_, worker) => {
    const layout = new SubscriptionLayout(history.clients, history.groups, worker, workers)
    const tracker = new DeliveryTracker(layout, history.spans, history.boundaryMicros)
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
      const { channel, publisher, sequence, sent, isOnLeft = false } = happening
      tracker.receive({ client, channel, publisher, sequence, sentMicros: sent, isOnLeft })
    }
  }
  return trackers
}

/** Test support: what all trackers together proved, and their merged report. */
export function judgeHistory(
  history: History,
  trackers: readonly DeliveryTracker[],
): { readonly proven: ProvenMessages[]; readonly report: DeliveryReport } {
  const proven = mergeProven(trackers.flatMap((tracker) => tracker.proven(history.ledgers)))
  const groupNames = history.groups.map(({ name }) => name)
  return {
    proven,
    report: mergeDelivery(trackers.map((tracker) => tracker.classify({ ...history, proven, groupNames }))),
  }
}
