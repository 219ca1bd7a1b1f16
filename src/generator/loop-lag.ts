import { nowMicros } from '../clock.js'
import { type Clamped, createHistogram, record } from '../results/histogram.js'

const PERIOD_MS = 20

/** How late this process's event loop runs its timers: a timer each 20 ms, its lateness recorded in µs. */
export class LoopLag {
  readonly #whole = createHistogram()
  readonly #second = createHistogram()
  readonly #clamped: Clamped = { negative: 0, tooLong: 0 }
  readonly #timer: NodeJS.Timeout
  #dueMicros = nowMicros() + PERIOD_MS * 1000

  constructor() {
    this.#timer = setInterval(() => this.#observe(), PERIOD_MS)
  }

  /** p99 since the last call, µs. */
  takeP99Micros(): number {
    const p99 = this.#second.getValueAtPercentile(99)
    this.#second.reset()
    return p99
  }

  get wholeP99Micros(): number {
    return this.#whole.getValueAtPercentile(99)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #observe(): void {
    const now = nowMicros()
    // libuv counts whole milliseconds: a timer may fire up to one early, which is no lag.
    const lateMicros = Math.max(0, now - this.#dueMicros)
    record(this.#whole, lateMicros, this.#clamped)
    record(this.#second, lateMicros, this.#clamped)
    this.#dueMicros = now + PERIOD_MS * 1000
  }
}
