import type { Need } from '../chaos/event.js'
import { type EventArguments, eventOf } from '../chaos/index.js'
import type { PlannedEvent, ScheduledEvent } from '../chaos/planned-event.js'
import { AFTERMATH_MS } from '../chaos/span.js'
import { numberEvents } from './event-order.js'
import type { PhaseSpan } from './plan.js'

interface EventSetting {
  readonly chaos: readonly ScheduledEvent[]
  readonly cluster: { readonly nodes: number; readonly drain: { readonly window: number } }
}

/** Events in order of time, with their ids and windows. */
export function planEvents({ chaos, cluster }: EventSetting): PlannedEvent[] {
  return numberEvents(chaos).map(({ id, action: { at, ...action } }, index, all) => ({
    id,
    atMs: at,
    windowMs: eventOf(action).windowMs(action, {
      nodes: cluster.nodes + nodesAdded(all.slice(0, index).map((earlier) => earlier.action)),
      drainWindowMs: cluster.drain.window,
    }),
    action,
  }))
}

/** Nodes that events will add. */
export function nodesAdded(actions: readonly EventArguments[]): number {
  return actions.reduce((sum, action) => sum + (eventOf(action).addsNodes?.(action) ?? 0), 0)
}

/** When the fewest nodes hold all the clients; `eventId` null: at the start. */
export interface FewestNodesMoment {
  readonly nodes: number
  readonly eventId: string | null
}

/** Of two changes at once the one that takes nodes away is the first. */
export function fewestNodesMoment(nodes: number, chaos: readonly PlannedEvent[]): FewestNodesMoment {
  const changes = chaos.flatMap(changesOf).toSorted((a, b) => a.atMs - b.atMs || a.nodes - b.nodes)
  let fewest: FewestNodesMoment = { nodes, eventId: null }
  let up = nodes
  for (const change of changes) {
    up += change.nodes
    // With none up there is nobody to hold them.
    if (up < fewest.nodes && up > 0) fewest = { nodes: up, eventId: change.eventId }
  }
  return fewest
}

function changesOf({ id, atMs, windowMs, action }: PlannedEvent) {
  const { addsNodes, removesNodes, nodesAway } = eventOf(action)
  const away = nodesAway?.(action) ?? 0
  return [
    { atMs, nodes: (addsNodes?.(action) ?? 0) - (removesNodes?.(action) ?? 0) - away, eventId: id },
    { atMs: atMs + windowMs - AFTERMATH_MS, nodes: away, eventId: id },
  ]
}

export function isNeeded(need: Need, chaos: readonly { readonly action: EventArguments }[]): boolean {
  return chaos.some(({ action }) => eventOf(action).needs?.includes(need))
}

/** Warm-up, then steady, interrupted by each event's window; a window ends where the next begins. */
export function planSpans(
  { warmup, measure }: { readonly warmup: number; readonly measure: number },
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
