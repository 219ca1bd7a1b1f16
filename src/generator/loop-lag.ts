import { nowMicros } from '../base/clock.js'
import { type Clamped, createHistogram, record } from '../results/latency/histogram.js'

const PERIOD_MS = 20
const PERIOD_MICROS = PERIOD_MS * 1000

/**
 * Measures the event-loop lag of this process: how late, in µs, a timer of 20 ms runs. A late timer is also recorded for the
 * timers that could not run meanwhile, each late by a period less. So p99 is taken over time and not over timers: one stall
 * of 1 s in 10 s gives a p99 of 0.9 s.
 */
export class LoopLag {
  /** In the time watched, as `whole`. */
  longestMicros = 0
  readonly whole = createHistogram()
  readonly #second = createHistogram()
  readonly #clamped: Clamped = { negative: 0, tooLong: 0 }
  readonly #timer: NodeJS.Timeout
  #dueMicros = nowMicros() + PERIOD_MICROS
  #watchedFromMicros = Number.POSITIVE_INFINITY

  constructor() {
    this.#timer = setInterval(() => this.#observe(), PERIOD_MS)
  }

  /** `whole` and `longestMicros` count lag from then on, until `unwatch`. */
  watchFrom(micros: number): void {
    this.#watchedFromMicros = micros
  }

  unwatch(): void {
    this.#watchedFromMicros = Number.POSITIVE_INFINITY
  }

  /** p99 since the last call, µs. */
  takeP99Micros(): number {
    const p99 = this.#second.getValueAtPercentile(99)
    this.#second.reset()
    return p99
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #observe(): void {
    const now = nowMicros()
    this.#recordStall(this.#second, now - this.#dueMicros)
    if (now >= this.#watchedFromMicros) {
      const lateMicros = now - Math.max(this.#dueMicros, this.#watchedFromMicros)
      this.#recordStall(this.whole, lateMicros)
      this.longestMicros = Math.max(this.longestMicros, lateMicros)
    }
    this.#dueMicros = now + PERIOD_MICROS
  }

  #recordStall(histogram: ReturnType<typeof createHistogram>, lateMicros: number): void {
    // libuv counts whole milliseconds, so a timer may fire up to 1 ms early.
    record(histogram, Math.max(0, lateMicros), this.#clamped)
    for (let missed = lateMicros - PERIOD_MICROS; missed > 0; missed -= PERIOD_MICROS)
      record(histogram, missed, this.#clamped)
  }
}
