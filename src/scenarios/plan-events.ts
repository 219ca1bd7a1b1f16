import type { Need } from '../chaos/event.js'
import { type EventArguments, eventOf } from '../chaos/index.js'
import { numberEvents } from './event-order.js'
import type { PhaseSpan, PlannedEvent } from './plan.js'
import type { Scenario } from './schema.js'

interface EventSetting {
  readonly chaos: Scenario['chaos']
  readonly cluster: { readonly nodes: number; readonly drain: { readonly window: number } }
}

/** Events in order of time, with their ids and windows. */
export function planEvents({ chaos, cluster }: EventSetting): PlannedEvent[] {
  return numberEvents(chaos).map(({ id, action: { at, ...action } }) => ({
    id,
    atMs: at,
    windowMs: eventOf(action).windowMs(action, {
      nodes: cluster.nodes,
      drainWindowMs: cluster.drain.window,
    }),
    action,
  }))
}

/** Nodes that events will add. */
export function nodesAdded(actions: readonly EventArguments[]): number {
  return actions.reduce((sum, action) => sum + (eventOf(action).addsNodes?.(action) ?? 0), 0)
}

/** Nodes that events will take away for good. */
export function nodesRemoved(chaos: readonly PlannedEvent[]): number {
  return chaos.reduce((sum, { action }) => sum + (eventOf(action).removesNodes?.(action) ?? 0), 0)
}

export function isNeeded(need: Need, chaos: readonly { readonly action: EventArguments }[]): boolean {
  return chaos.some(({ action }) => eventOf(action).needs?.includes(need))
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
