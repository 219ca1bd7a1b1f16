import type { EventRecord } from './chaos/event.js'
import { nowMicros } from './clock.js'
import type { Tick } from './generator/messages.js'
import { escapeText } from './reporters/escape.js'
import { type LiveState, liveLine, plainLine } from './reporters/progress.js'
import { sparsePercentiles } from './results/latency.js'
import type { RunObserver } from './run.js'
import type { Plan } from './scenarios/plan.js'

const PLAIN_EVERY_MS = 10_000

/** What a run shows on stderr while it goes on: one line rewritten on a terminal, a line now and then in a log. */
export class Live implements RunObserver {
  /** By worker; whichever speaks first. */
  readonly #latest = new Map<number, Tick>()
  readonly #timer: NodeJS.Timeout
  #stage = 'starting'
  #measureMicros: number | null = null
  #lastEvent: EventRecord | null = null
  #shownPhase = ''
  #shownMicros = 0

  constructor(
    readonly plan: Plan,
    readonly stream: NodeJS.WriteStream,
    readonly isTerminal: boolean,
    /** Which of several runs this is, in front of each line. */
    readonly title = '',
  ) {
    this.#timer = setInterval(() => this.#show(), isTerminal ? 500 : 100)
  }

  onStage(stage: 'cluster' | 'connect' | 'traffic' | 'settle' | 'judge'): void {
    this.#stage = {
      cluster: 'starting',
      connect: 'connecting',
      traffic: '',
      settle: 'settling',
      judge: 'settling',
    }[stage]
    this.#show()
  }

  onStart(measureMicros: number): void {
    this.#measureMicros = measureMicros
  }

  onTick(worker: number, tick: Tick): void {
    this.#latest.set(worker, tick)
  }

  onEvent(record: EventRecord): void {
    this.#lastEvent = record
    const isOver = Number.isFinite(record.finishedMicros)
    const what = record.failure ?? (isOver ? 'done' : record.targets.join(', '))
    this.note(escapeText(`${this.title}${record.id}${what ? `: ${what}` : ''}`))
  }

  onLogsKept(directory: string): void {
    this.note(`logs kept in ${directory}`)
  }

  /** A line that stays, above the rewritten one. */
  note(text: string): void {
    this.stream.write(`${this.isTerminal ? '\r\u001b[2K' : ''}${text}\n`)
  }

  end(): void {
    clearInterval(this.#timer)
    if (this.isTerminal) this.stream.write('\r\u001b[2K')
  }

  #show(): void {
    const state = this.#state()
    if (this.isTerminal) this.stream.write(liveLine(state, this.stream.columns ?? 80))
    else if (state.phase !== this.#shownPhase || this.#isStale()) {
      this.#shownMicros = nowMicros()
      this.stream.write(`${plainLine(state)}\n`)
    }
    this.#shownPhase = state.phase
  }

  #isStale(): boolean {
    return nowMicros() - this.#shownMicros >= PLAIN_EVERY_MS * 1000
  }

  #state(): LiveState {
    const { plan } = this
    const latest = [...this.#latest.values()]
    const sum = (read: (tick: Tick) => number) => latest.reduce((all, tick) => all + read(tick), 0)
    const sinceMeasureMs = this.#measureMicros === null ? null : (nowMicros() - this.#measureMicros) / 1000
    return {
      phase: this.title + (this.#stage || phaseAt(plan, sinceMeasureMs ?? 0)),
      remainingMs:
        this.#stage === '' && sinceMeasureMs !== null
          ? Math.max(0, plan.phases.measureMs - sinceMeasureMs)
          : null,
      connected: sum(({ connected }) => connected),
      target: plan.clients.count,
      sentPerSecond: sum(({ sent }) => sent),
      receivedPerSecond: sum(({ received }) => received),
      latency: sparsePercentiles(latest.map(({ latency }) => latency)),
      lastEvent:
        this.#lastEvent === null
          ? null
          : { id: this.#lastEvent.id, agoMs: (nowMicros() - this.#lastEvent.startedMicros) / 1000 },
    }
  }
}

function phaseAt({ phases }: Plan, sinceMeasureMs: number): string {
  return phases.spans.find(({ endMs }) => sinceMeasureMs < endMs)?.name ?? 'settling'
}
