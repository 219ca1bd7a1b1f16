import { nowMicros } from '../base/clock.js'
import { escapeText } from '../base/escape.js'
import type { EventRecord } from '../chaos/event.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import type { Tick } from '../results/worker-records.js'
import type { RunObserver, Stage } from '../run/observer.js'
import { LiveModel } from './live-model.js'
import { Screen } from './screen.js'
import { frame } from './view/frame.js'
import { plainLine } from './view/plain-line.js'

const LINE_EVERY_MICROS = 10_000_000
const REDRAW_MS = 500
const CHECK_MS = 100

export interface LiveOptions {
  readonly stream: NodeJS.WriteStream
  /** Whether the stream can be redrawn. */
  readonly isTerminal: boolean
  readonly color: boolean
  /** Which of several runs this is, at the start of each line; empty for a single run. */
  readonly title?: string
}

/** What stderr shows during a run: on a terminal a view that is redrawn, in a log a line now and then. */
export class Live implements RunObserver {
  readonly #model: LiveModel
  readonly #screen: Screen | null
  readonly #timer: NodeJS.Timeout
  #shownPhase = ''
  #shownMicros = 0

  constructor(
    plan: Plan,
    readonly options: LiveOptions,
    readonly now: () => number = nowMicros,
  ) {
    const { stream, isTerminal, color, title = '' } = options
    this.#model = new LiveModel(plan, title + plan.name, now)
    this.#screen = isTerminal
      ? new Screen(stream, () =>
          frame(this.#model.state(), { columns: stream.columns ?? 80, rows: stream.rows ?? 24, color }),
        )
      : null
    this.#timer = setInterval(() => this.#show(), isTerminal ? REDRAW_MS : CHECK_MS)
  }

  onStage(stage: Stage): void {
    this.#model.onStage(stage)
    this.#show()
  }

  onCluster(cluster: Pick<Cluster, 'nodes'>): void {
    this.#model.onCluster(cluster)
  }

  onStart(measureMicros: number): void {
    this.#model.onStart(measureMicros)
  }

  onTick(worker: number, tick: Tick): void {
    this.#model.onTick(worker, tick)
  }

  onEvent(record: EventRecord): void {
    this.#model.onEvent(record)
    if (this.#screen !== null && record.failure === null) this.#show()
    else {
      const isOver = Number.isFinite(record.finishedMicros)
      const what = record.failure ?? (isOver ? 'done' : record.targets.join(', '))
      this.onNote(escapeText(`${this.options.title ?? ''}${record.id}${what ? `: ${what}` : ''}`))
    }
  }

  /** A line that stays, above the view. */
  onNote(text: string): void {
    this.options.stream.write(`${text}\n`)
  }

  onError(text: string): void {
    this.onNote(text)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#screen?.close()
  }

  #show(): void {
    if (this.#screen !== null) {
      this.#screen.refresh()
      return
    }
    const state = this.#model.state()
    const isDue = this.now() - this.#shownMicros >= LINE_EVERY_MICROS
    if (state.phase === this.#shownPhase && !isDue) return
    this.#shownMicros = this.now()
    this.#shownPhase = state.phase
    this.onNote(`${this.options.title ?? ''}${plainLine(state)}`)
  }
}
