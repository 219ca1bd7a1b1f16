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
  /** Length of the measure phase; events that last end with it at the latest. */
  readonly measureMs: number
  /** The scenario's seed. Each event draws from a sequence of its own, so that none depends on another's timing. */
  readonly seed: number
  /** After it fires no event begins, and those that last end. */
  readonly signal: AbortSignal
  /** Called when an event begins and again when it has finished. */
  readonly onChange: (record: EventRecord) => void
}

/**
 * Runs each event at its time, whether or not an earlier one is still running, and records its planned and actual times and
 * the nodes it acted on. Failures are recorded, never thrown.
 */
export class Timeline {
  readonly #records: OpenRecord[] = []
  readonly #pendingUndo = new Set<string>()
  /** Resolves when no event is running and none will begin. */
  readonly finished: Promise<void>

  constructor(readonly options: TimelineOptions) {
    this.finished = Promise.all(options.events.map((event, index) => this.#run(event, index))).then(() => {})
  }

  /** Events that have begun, in order. One that is still running counts as finished now, and as failed. */
  records(): EventRecord[] {
    return this.#records.map((record) =>
      Number.isFinite(record.finishedMicros)
        ? record
        : { ...finished(record), failure: 'still running when the run ended' },
    )
  }

  /** What remains to be undone outside of wsbench, such as `exec#1: docker start ws-2`. */
  pendingUndo(): string[] {
    return [...this.#pendingUndo]
  }

  async #run({ id, atMs, action }: PlannedEvent, index: number): Promise<void> {
    const { cluster, measureMicros, signal, onChange } = this.options
    const scheduledMicros = measureMicros + atMs * 1000
    const isDue = await waitUntil(scheduledMicros, signal)
    if (!isDue) return
    const record: OpenRecord = {
      id,
      kind: action.event,
      targets: [],
      turns: [],
      scheduledMicros,
      startedMicros: nowMicros(),
      finishedMicros: NEVER,
      failure: null,
      evidence: [],
    }
    this.#records.push(record)
    const event = eventOf(action)
    const context = this.#context(index, id)
    try {
      const nodes = event.selectNodes?.(cluster, action, context.random) ?? []
      record.targets = nodes
      record.startedMicros = nowMicros()
      onChange(record)
      await event.inject(cluster, action, {
        ...context,
        nodes,
        turn: (node) => beginTurn(record, node),
        observe: (words) => void record.evidence.push(words),
      })
    } catch (error) {
      record.failure = error instanceof Error ? error.message : String(error)
    }
    Object.assign(record, finished(record))
    onChange(record)
  }

  #context(index: number, id: string): Omit<InjectContext, 'nodes' | 'turn' | 'observe'> {
    const { disturb, measureMicros, measureMs, seed, signal } = this.options
    const endMicros = measureMicros + measureMs * 1000
    const ownSeed = hash32(seed, index)
    return {
      random: createRandom(ownSeed),
      disturb: (disturbance) => disturb(id, disturbance, ownSeed),
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
type OpenRecord = Mutable<Omit<EventRecord, 'turns' | 'evidence'>> & {
  readonly turns: Mutable<NodeTurn>[]
  readonly evidence: string[]
}

const NEVER = Number.POSITIVE_INFINITY

function beginTurn({ turns }: OpenRecord, node: string): () => void {
  const turn = { node, startedMicros: nowMicros(), finishedMicros: NEVER }
  turns.push(turn)
  return () => {
    turn.finishedMicros = nowMicros()
  }
}

/** The event is over, and so are its turns; without any, it acted on all of its nodes all the time. */
function finished(record: OpenRecord): OpenRecord {
  const { targets, startedMicros } = record
  const finishedMicros = nowMicros()
  const turns =
    record.turns.length > 0
      ? record.turns.map((turn) => ({
          ...turn,
          finishedMicros: Math.min(turn.finishedMicros, finishedMicros),
        }))
      : targets.map((node) => ({ node, startedMicros, finishedMicros }))
  return { ...record, turns, finishedMicros }
}

async function waitUntil(micros: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(Math.max(0, (micros - nowMicros()) / 1000), undefined, { signal })
    return !signal.aborted
  } catch {
    return false
  }
}
