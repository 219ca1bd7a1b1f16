import { setTimeout as sleep } from 'node:timers/promises'
import { nowMicros } from '../base/clock.js'
import { createRandom, hash32 } from '../base/random.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Disturb } from './disturbance.js'
import type { EventRecord, InjectContext, NodeTurn } from './event.js'
import { eventOf } from './index.js'
import type { PlannedEvent } from './planned-event.js'

export interface TimelineOptions {
  readonly events: readonly PlannedEvent[]
  readonly cluster: Cluster
  readonly disturb: Disturb
  readonly measureMicros: number
  /** How long measuring goes on; events that last end then at the latest. */
  readonly measureMs: number
  /** The scenario's; each event draws from a sequence of its own, so that none depends on another's timing. */
  readonly seed: number
  /** No event begins after it fires, and those that last end. */
  readonly signal: AbortSignal
  /** Called when an event begins and again when it has finished. */
  readonly onChange: (record: EventRecord) => void
}

/**
 * Runs each event at its time, whether or not an earlier one still goes on, and records when it was due, began and ended
 * and whom it affected. Expected trouble is recorded, never thrown.
 */
export class Timeline {
  readonly #records: Record[] = []
  readonly #pendingUndo = new Set<string>()
  /** Resolves when every event has finished or will not begin. */
  readonly finished: Promise<void>

  constructor(readonly options: TimelineOptions) {
    this.finished = Promise.all(options.events.map((event, index) => this.#run(event, index))).then(() => {})
  }

  /** Events that have begun, in order. One still under way counts as finished now, and as failed. */
  records(): EventRecord[] {
    return this.#records.map((record) => {
      if (Number.isFinite(record.finishedMicros)) return record
      const finishedMicros = nowMicros()
      const turns = record.turns.map((turn) => ({
        ...turn,
        finishedMicros: Math.min(turn.finishedMicros, finishedMicros),
      }))
      return { ...record, turns, finishedMicros, failure: 'still under way when the run ended' }
    })
  }

  /** What events did outside of wsbench and have not undone, as `exec#1: docker start ws-2`. */
  pendingUndo(): string[] {
    return [...this.#pendingUndo]
  }

  async #run({ id, atMs, action }: PlannedEvent, index: number): Promise<void> {
    const { cluster, measureMicros, signal, onChange } = this.options
    const scheduledMicros = measureMicros + atMs * 1000
    const isDue = await waitUntil(scheduledMicros, signal)
    if (!isDue) return
    const record: Record = {
      id,
      kind: action.event,
      targets: [],
      turns: [],
      scheduledMicros,
      startedMicros: nowMicros(),
      finishedMicros: NEVER,
      failure: null,
    }
    this.#records.push(record)
    const affect = (targets: readonly string[]): void => {
      const now = nowMicros()
      if (record.targets.length === 0) record.startedMicros = now
      record.targets = [...new Set([...record.targets, ...targets])]
      endTurns(record, now)
      record.turns.push(...targets.map((node) => ({ node, startedMicros: now, finishedMicros: NEVER })))
      onChange(record)
    }
    try {
      await eventOf(action).inject(cluster, action, { ...this.#context(index, id), affect })
    } catch (error) {
      record.failure = error instanceof Error ? error.message : String(error)
    }
    record.finishedMicros = nowMicros()
    endTurns(record, record.finishedMicros)
    onChange(record)
  }

  #context(index: number, id: string): Omit<InjectContext, 'affect'> {
    const { disturb, measureMicros, measureMs, seed, signal } = this.options
    const endMicros = measureMicros + measureMs * 1000
    const ownSeed = hash32(seed, index)
    return {
      random: createRandom(ownSeed),
      disturb: (disturbance) => disturb(disturbance, ownSeed),
      async wait(ms) {
        const untilMicros = nowMicros() + ms * 1000
        return (await waitUntil(Math.min(untilMicros, endMicros), signal)) && untilMicros <= endMicros
      },
      registerUndo: (words) => {
        const pendingUndo = `${id}: ${words}`
        this.#pendingUndo.add(pendingUndo)
        return () => void this.#pendingUndo.delete(pendingUndo)
      },
    }
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }
type Record = Mutable<Omit<EventRecord, 'turns'>> & { readonly turns: Mutable<NodeTurn>[] }

const NEVER = Number.POSITIVE_INFINITY

function endTurns({ turns }: Record, atMicros: number): void {
  for (const turn of turns) turn.finishedMicros = Math.min(turn.finishedMicros, atMicros)
}

async function waitUntil(micros: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(Math.max(0, (micros - nowMicros()) / 1000), undefined, { signal })
    return !signal.aborted
  } catch {
    return false
  }
}
