import type { EventRecord } from '../chaos/event.js'
import type { Plan } from '../plan/plan.js'
import type { LiveEvent } from './view/state.js'

/** Connections of all workers together: how many ended and opened so far, and how many there are. */
export interface Connections {
  readonly ended: number
  readonly opened: number
  readonly connected: number
  /** When the worker that spoke longest ago spoke. */
  readonly atMicros: number
}

interface Affected {
  record: EventRecord
  readonly before: Connections
  /** As the next event struck: what is cut from then on is that one's. */
  after: Connections | null
  allBackMs: number | null
}

/** Follows the events of a run, and how the clients come back after each. */
export class LiveEvents {
  readonly #struck = new Map<string, Affected>()

  constructor(readonly plan: Plan) {}

  changed(record: EventRecord, now: Connections): void {
    const known = this.#struck.get(record.id)
    if (known) {
      known.record = record
      return
    }
    for (const earlier of this.#struck.values()) earlier.after ??= now
    this.#struck.set(record.id, { record, before: now, after: null, allBackMs: null })
  }

  /** To be called as often as `now` changes. */
  look(now: Connections): void {
    for (const struck of this.#struck.values()) {
      const { record, before } = struck
      const sinceMs = (now.atMicros - record.startedMicros) / 1000
      const isOver = now.ended > before.ended && now.connected >= before.connected
      if (struck.allBackMs === null && struck.after === null && sinceMs > 0 && isOver)
        struck.allBackMs = sinceMs
    }
  }

  /** The event that struck `node` last. */
  struckBy(node: string): string | null {
    return (
      [...this.#struck.values()].findLast(({ record }) => record.targets.includes(node))?.record.id ?? null
    )
  }

  hasStruckSince(micros: number): boolean {
    return [...this.#struck.values()].some(({ record }) => record.startedMicros >= micros)
  }

  state(now: Connections, elapsedMs: number, nowMicros: number): LiveEvent[] {
    return this.plan.chaos.map(({ id, atMs }) => {
      const struck = this.#struck.get(id)
      if (struck === undefined) return toCome(id, atMs - elapsedMs)
      const { record, before, after, allBackMs } = struck
      return {
        id,
        inMs: (record.startedMicros - nowMicros) / 1000,
        state: stateOf(record),
        targets: record.targets,
        cut: (after ?? now).ended - before.ended,
        back: (after ?? now).opened - before.opened,
        allBackMs,
      }
    })
  }
}

function toCome(id: string, inMs: number): LiveEvent {
  return { id, inMs: Math.max(0, inMs), state: 'to come', targets: [], cut: 0, back: 0, allBackMs: null }
}

function stateOf({ failure, finishedMicros }: EventRecord): LiveEvent['state'] {
  if (failure !== null) return 'failed'
  return Number.isFinite(finishedMicros) ? 'done' : 'under way'
}
