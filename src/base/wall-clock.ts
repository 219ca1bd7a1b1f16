import { nowMicros } from './clock.js'

/** A jump of the wall clock (NTP, an operator, a suspended machine); forward is positive. */
export interface WallClockStep {
  /** When it was noticed, µs of CLOCK_MONOTONIC. */
  readonly atMicros: number
  readonly stepMs: number
}

/** Slewing moves a clock by at most 0.5 ms per second, so this much between two checks is a step. */
const STEP_MS = 100
/** Both clocks must be read within this time: a process that is descheduled in between would see a step that was none. */
const TOGETHER_MICROS = 10_000

/** Notices steps of the wall clock: what it gains or loses on CLOCK_MONOTONIC between two checks. */
export class WallClock {
  readonly steps: WallClockStep[] = []
  #aheadMs: number | null = null

  constructor(
    readonly wallMs: () => number = Date.now,
    readonly monotonicMicros: () => number = nowMicros,
  ) {}

  check(): void {
    const atMicros = this.monotonicMicros()
    const wallMs = this.wallMs()
    if (this.monotonicMicros() - atMicros > TOGETHER_MICROS) return
    const aheadMs = wallMs - atMicros / 1000
    const stepMs = this.#aheadMs === null ? 0 : aheadMs - this.#aheadMs
    if (Math.abs(stepMs) > STEP_MS) this.steps.push({ atMicros, stepMs })
    this.#aheadMs = aheadMs
  }
}
