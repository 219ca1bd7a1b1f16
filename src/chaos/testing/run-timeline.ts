import { nowMicros } from '../../base/clock.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { EventRecord } from '../event.js'
import type { PlannedEvent } from '../planned-event.js'
import { Timeline } from '../timeline.js'

/** Runs these events in a measure phase that begins now and is long enough for them; their records. */
export async function runTimeline(
  events: readonly PlannedEvent[],
  cluster: Cluster,
  onChange: (record: EventRecord) => void = () => {},
): Promise<EventRecord[]> {
  const timeline = new Timeline({
    events,
    cluster,
    measureMicros: nowMicros(),
    measureMs: 120_000,
    disturb: () => () => {},
    seed: 1,
    signal: new AbortController().signal,
    onChange,
  })
  await timeline.finished
  return timeline.records()
}
