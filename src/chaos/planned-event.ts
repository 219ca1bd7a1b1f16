import type { EventArguments } from './index.js'

export interface PlannedEvent {
  /** `node-kill#1`: the kind, and its number among the events of that kind. */
  readonly id: string
  readonly atMs: number
  /** How long the event's phase lasts: its own work and the time in which its effects are measured. */
  readonly windowMs: number
  readonly action: EventArguments
}

/** An entry of `chaos:`; `at` is ms from the start of the measure phase. */
export type ScheduledEvent = EventArguments & { readonly at: number }
