import { changesPool, type EventRecord } from '../../chaos/event.js'
import { type EventKind, events } from '../../chaos/index.js'
import type { CauseWindow } from './types.js'

/** What an event may have caused shows until the grace period after its end. */
export function causesOfEvents(records: readonly EventRecord[], graceMs: number): CauseWindow[] {
  return records.map(({ id, kind, startedMicros, finishedMicros, targets }) => ({
    id,
    startedMicros,
    untilMicros: finishedMicros + graceMs * 1000,
    targets,
    poolChangedMicros: changesPool(events[kind as EventKind]) ? finishedMicros : null,
  }))
}
