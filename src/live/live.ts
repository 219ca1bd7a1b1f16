import { nowMicros } from '../base/clock.js'
import { escapeText } from '../base/escape.js'
import type { TerminalOutput } from '../base/terminal-output.js'
import type { EventRecord } from '../chaos/event.js'
import type { Plan } from '../plan/plan.js'
import { combineObservers, type RunObserver } from '../run/observer.js'
import { LiveModel } from './live-model.js'
import { Screen } from './screen.js'
import { frame, plainLine } from './view/frame.js'

const LINE_EVERY_MICROS = 60_000_000
const REDRAW_MS = 500
const CHECK_MS = 100

export interface LiveOptions {
  readonly output: TerminalOutput
  /** Whether it can be redrawn. */
  readonly isTerminal: boolean
  readonly color: boolean
  /** Which of several runs this is, at the start of each line; empty for a single run. */
  readonly title?: string
}

/** What stderr shows during a run: on a terminal a view that is redrawn, in a log a line for each phase. */
export class Live {
  readonly observer: RunObserver
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
    const { output, isTerminal, color, title = '' } = options
    const stream = output.stream()
    this.#model = new LiveModel(plan, title + plan.name, now)
    this.#screen = isTerminal
      ? new Screen(output, () =>
          frame(this.#model.state(), { columns: stream.columns ?? 80, rows: stream.rows ?? 24, color }),
        )
      : null
    this.#timer = setInterval(() => this.#show(), isTerminal ? REDRAW_MS : CHECK_MS)
    const onNote = (text: string): void => this.#note(text)
    this.observer = combineObservers([
      this.#model,
      { onStage: () => this.#show(), onEvent: (record) => this.#showEvent(record), onNote, onError: onNote },
    ])
  }

  end(): void {
    clearInterval(this.#timer)
    this.#screen?.close()
  }

  /** A line that stays, above the view. */
  #note(text: string): void {
    this.options.output.print(text)
  }

  #showEvent({ id, targets, finishedMicros, failure }: EventRecord): void {
    if (this.#screen !== null && failure === null) {
      this.#show()
      return
    }
    const what = failure ?? (Number.isFinite(finishedMicros) ? 'done' : targets.join(', '))
    this.#note(escapeText(`${this.options.title ?? ''}${id}${what ? `: ${what}` : ''}`))
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
    this.#note(`${this.options.title ?? ''}${plainLine(state)}`)
  }
}
