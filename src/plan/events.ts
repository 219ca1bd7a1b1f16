import { sumOf } from '../base/sum.js'
import type { Need } from '../chaos/event.js'
import { type EventArguments, eventOf } from '../chaos/index.js'
import type { PlannedEvent, ScheduledEvent } from '../chaos/planned-event.js'
import { AFTERMATH_MS } from '../chaos/span.js'
import { type BalancerKind, balancers } from '../cluster/balancers/index.js'
import type { BalancerSettings } from '../cluster/balancers/settings.js'
import type { PhaseSpan } from './plan.js'

export interface NumberedEvent {
  /** `node-kill#1`: the kind, and the number among events of this kind in order of time. */
  readonly id: string
  readonly action: ScheduledEvent
}

/** Events in order of time (as written, if at the same time), with the ids that gates and results use. */
export function numberEvents(chaos: readonly ScheduledEvent[]): NumberedEvent[] {
  const counts = new Map<string, number>()
  return chaos
    .toSorted((one, other) => one.at - other.at)
    .map((action) => {
      const number = (counts.get(action.event) ?? 0) + 1
      counts.set(action.event, number)
      return { id: `${action.event}#${number}`, action }
    })
}

interface EventSetting {
  readonly chaos: readonly ScheduledEvent[]
  readonly cluster: {
    readonly nodes: number
    readonly drain: { readonly window: number }
    /** None: nothing that wsbench could reload. */
    readonly balancer?: BalancerSetting
  }
}

interface BalancerSetting {
  readonly kind: BalancerKind | 'auto'
  readonly settings: BalancerSettings
}

/** Which balancer `auto` will choose is not known yet: the longest time of all. */
function cutsAfterMs({ kind, settings }: BalancerSetting): number {
  const candidates = kind === 'auto' ? Object.values(balancers) : [balancers[kind]]
  return Math.max(...candidates.map((balancer) => balancer.cutsAfterMs(settings) ?? 0))
}

/** Events in order of time, with their ids and windows. */
export function planEvents({ chaos, cluster }: EventSetting): PlannedEvent[] {
  let { nodes } = cluster
  const reloadCutsAfterMs = cluster.balancer ? cutsAfterMs(cluster.balancer) : 0
  return numberEvents(chaos).map(({ id, action: { at, ...action } }) => {
    const windowMs = eventOf(action).windowMs(action, {
      nodes,
      drainWindowMs: cluster.drain.window,
      reloadCutsAfterMs,
    })
    nodes += nodesAdded([action])
    return { id, atMs: at, windowMs, action }
  })
}

/** How many nodes the events add. */
export function nodesAdded(actions: readonly EventArguments[]): number {
  return sumOf(actions, (action) => eventOf(action).addsNodes?.(action) ?? 0)
}

/** The time when the fewest nodes serve all clients. `eventId` is the event that caused it; null: the start. */
export interface FewestNodesMoment {
  readonly nodes: number
  readonly eventId: string | null
}

/** If nodes are added and removed at the same time, the removal counts first. */
export function fewestNodesMoment(nodes: number, chaos: readonly PlannedEvent[]): FewestNodesMoment {
  const changes = chaos.flatMap(changesOf).toSorted((a, b) => a.atMs - b.atMs || a.nodes - b.nodes)
  let fewest: FewestNodesMoment = { nodes, eventId: null }
  let running = nodes
  for (const change of changes) {
    running += change.nodes
    // While no node runs, no node has clients.
    if (running < fewest.nodes && running > 0) fewest = { nodes: running, eventId: change.eventId }
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

/** Whether an event needs this of the cluster. */
export function isNeeded(need: Need, chaos: readonly { readonly action: EventArguments }[]): boolean {
  return chaos.some(({ action }) => eventOf(action).needs?.includes(need))
}

/** Warm-up, then steady, interrupted by the window of each event. A window ends where the next one begins. */
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
