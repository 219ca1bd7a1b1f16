import type { ScheduledEvent } from '../chaos/planned-event.js'

export interface NumberedEvent {
  /** `node-kill#1`: the kind and which of its kind it is, in order of time. */
  readonly id: string
  readonly action: ScheduledEvent
}

/** Events in order of time, those of the same time as written, with the ids that gates and results call them by. */
export function numberEvents(chaos: readonly ScheduledEvent[]): NumberedEvent[] {
  const seen = new Map<string, number>()
  return chaos
    .toSorted((one, other) => one.at - other.at)
    .map((action) => {
      const number = (seen.get(action.event) ?? 0) + 1
      seen.set(action.event, number)
      return { id: `${action.event}#${number}`, action }
    })
}
