import { nowMicros } from '../base/clock.js'
import { escapeText } from '../base/escape.js'
import type { EventRecord } from '../chaos/event.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import type { Tick } from '../results/worker-records.js'
import type { RunObserver, Stage } from '../run/run.js'
import { LivePicture } from './live-model.js'
import { Screen } from './screen.js'
import { frame } from './view/frame.js'
import { plainLine } from './view/plain-line.js'

const PLAIN_EVERY_MICROS = 10_000_000
const REDRAW_MS = 500
const LOOK_MS = 100

export interface LiveOptions {
  readonly stream: NodeJS.WriteStream
  /** Whether the stream can be redrawn. */
  readonly isTerminal: boolean
  readonly color: boolean
  /** Which of several runs this is, in front of each line; empty for one alone. */
  readonly title?: string
}

/** What a run shows on stderr while it goes on: a picture redrawn on a terminal, a line now and then in a log. */
export class Live implements RunObserver {
  readonly #picture: LivePicture
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
    this.#picture = new LivePicture(plan, title + plan.name, now)
    this.#screen = isTerminal
      ? new Screen(stream, () =>
          frame(this.#picture.state(), { columns: stream.columns ?? 80, rows: stream.rows ?? 24, color }),
        )
      : null
    this.#timer = setInterval(() => this.#show(), isTerminal ? REDRAW_MS : LOOK_MS)
  }

  onStage(stage: Stage): void {
    this.#picture.enter(stage)
    this.#show()
  }

  onCluster(cluster: Pick<Cluster, 'nodes'>): void {
    this.#picture.watch(cluster)
  }

  onStart(measureMicros: number): void {
    this.#picture.start(measureMicros)
  }

  onTick(worker: number, tick: Tick): void {
    this.#picture.tick(worker, tick)
  }

  onEvent(record: EventRecord): void {
    this.#picture.event(record)
    if (this.#screen !== null && record.failure === null) this.#show()
    else {
      const isOver = Number.isFinite(record.finishedMicros)
      const what = record.failure ?? (isOver ? 'done' : record.targets.join(', '))
      this.note(escapeText(`${this.options.title ?? ''}${record.id}${what ? `: ${what}` : ''}`))
    }
  }

  onLogsKept(directory: string): void {
    this.note(`logs kept in ${directory}`)
  }

  /** A line that stays, above the picture. */
  note(text: string): void {
    this.options.stream.write(`${text}\n`)
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
    const state = this.#picture.state()
    const isStale = this.now() - this.#shownMicros >= PLAIN_EVERY_MICROS
    if (state.phase === this.#shownPhase && !isStale) return
    this.#shownMicros = this.now()
    this.#shownPhase = state.phase
    this.options.stream.write(`${this.options.title ?? ''}${plainLine(state)}\n`)
  }
}
