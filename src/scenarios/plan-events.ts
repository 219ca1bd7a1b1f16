import type { ChaosEvent } from '../chaos/event.js'
import { type EventArguments, events } from '../chaos/index.js'
import { numberEvents } from './event-order.js'
import type { PhaseSpan, PlannedEvent } from './plan.js'
import type { Scenario } from './schema.js'

/** Events in order of time, with their ids and windows. */
export function planEvents({ chaos, cluster }: Scenario): PlannedEvent[] {
  return numberEvents(chaos).map(({ id, action: { at, ...action } }) => ({
    id,
    atMs: at,
    windowMs: eventOf(action).windowMs(action, cluster.drain.window),
    action,
  }))
}

/** Nodes that events will add. */
export function nodesAdded(chaos: readonly PlannedEvent[]): number {
  return chaos.reduce((sum, { action }) => sum + eventOf(action).addsNodes(action), 0)
}

/** Warm-up, then steady, interrupted by each event's window; a window ends where the next begins. */
export function planSpans(
  { warmup, measure }: Scenario['phases'],
  chaos: readonly Pick<PlannedEvent, 'id' | 'atMs' | 'windowMs'>[],
): PhaseSpan[] {
  const spans: PhaseSpan[] = [{ name: 'warmup', startMs: -warmup, endMs: 0 }]
  let reached = 0
  for (const [index, { id, atMs, windowMs }] of chaos.entries()) {
    const endMs = Math.min(atMs + windowMs, chaos[index + 1]?.atMs ?? measure, measure)
    spans.push({ name: 'steady', startMs: reached, endMs: atMs }, { name: id, startMs: atMs, endMs })
    reached = endMs
  }
  spans.push({ name: 'steady', startMs: reached, endMs: measure })
  return spans.filter(({ startMs, endMs }) => startMs < endMs)
}

/** An action's entry in the registry, as one that takes any action: which is its own, the two being looked up by one kind. */
function eventOf(action: EventArguments): ChaosEvent<EventArguments> {
  return events[action.event] as unknown as ChaosEvent<EventArguments>
}
