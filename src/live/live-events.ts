import type { EventRecord } from '../chaos/event.js'
import type { Plan } from '../plan/plan.js'
import type { LiveEvent } from './view/state.js'

/** Connections of all workers together: how many have closed and opened since the start, and how many are open. */
export interface Connections {
  readonly closed: number
  readonly opened: number
  readonly connected: number
  /** When the worker whose latest tick is the oldest sent it. */
  readonly atMicros: number
}

interface StartedEvent {
  record: EventRecord
  readonly before: Connections
  /** At the start of the next event: later disconnects count as that one's. */
  after: Connections | null
  allBackMs: number | null
}

/** Follows the events of a run, and how the clients come back after each. */
export class LiveEvents {
  readonly #started = new Map<string, StartedEvent>()

  constructor(readonly plan: Plan) {}

  onEvent(record: EventRecord, now: Connections): void {
    const known = this.#started.get(record.id)
    if (known) {
      known.record = record
      return
    }
    for (const earlier of this.#started.values()) earlier.after ??= now
    this.#started.set(record.id, { record, before: now, after: null, allBackMs: null })
  }

  /** To be called whenever `now` changes. */
  update(now: Connections): void {
    for (const event of this.#started.values()) {
      const { record, before } = event
      const sinceMs = (now.atMicros - record.startedMicros) / 1000
      const isOver = now.closed > before.closed && now.connected >= before.connected
      if (event.allBackMs === null && event.after === null && sinceMs > 0 && isOver) event.allBackMs = sinceMs
    }
  }

  /** The id of the last event that acted on `node`. */
  lastOn(node: string): string | null {
    return (
      [...this.#started.values()].findLast(({ record }) => record.targets.includes(node))?.record.id ?? null
    )
  }

  hasStartedSince(micros: number): boolean {
    return [...this.#started.values()].some(({ record }) => record.startedMicros >= micros)
  }

  state(now: Connections, elapsedMs: number, nowMicros: number): LiveEvent[] {
    return this.plan.chaos.map(({ id, atMs }) => {
      const event = this.#started.get(id)
      if (event === undefined) return scheduled(id, atMs - elapsedMs)
      const { record, before, after, allBackMs } = event
      return {
        id,
        inMs: (record.startedMicros - nowMicros) / 1000,
        state: stateOf(record),
        targets: record.targets,
        disconnected: (after ?? now).closed - before.closed,
        reconnected: (after ?? now).opened - before.opened,
        allBackMs,
      }
    })
  }
}

function scheduled(id: string, inMs: number): LiveEvent {
  const none = { targets: [], disconnected: 0, reconnected: 0, allBackMs: null }
  return { id, inMs: Math.max(0, inMs), state: 'scheduled', ...none }
}

function stateOf({ failure, finishedMicros }: EventRecord): LiveEvent['state'] {
  if (failure !== null) return 'failed'
  return Number.isFinite(finishedMicros) ? 'done' : 'active'
}
