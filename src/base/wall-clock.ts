import { nowMicros } from './clock.js'

/** A jump of the wall clock (NTP, an operator, a suspended machine); forward is positive. */
export interface WallClockStep {
  /** µs of CLOCK_MONOTONIC, when it was noticed. */
  readonly atMicros: number
  readonly stepMs: number
}

/** Slewing moves a clock by 0.5 ms a second at most, so that this much between two looks is a step. */
const STEP_MS = 100
/** Both clocks must be read within this: a process put aside between the readings would see a step of its own making. */
const TOGETHER_MICROS = 10_000

/** Notices steps of the wall clock: what it gains or loses on CLOCK_MONOTONIC between two looks. */
export class WallClock {
  readonly steps: WallClockStep[] = []
  #aheadMs: number | null = null

  constructor(
    readonly wallMs: () => number = Date.now,
    readonly monotonicMicros: () => number = nowMicros,
  ) {}

  look(): void {
    const atMicros = this.monotonicMicros()
    const wallMs = this.wallMs()
    if (this.monotonicMicros() - atMicros > TOGETHER_MICROS) return
    const aheadMs = wallMs - atMicros / 1000
    const stepMs = this.#aheadMs === null ? 0 : aheadMs - this.#aheadMs
    if (Math.abs(stepMs) > STEP_MS) this.steps.push({ atMicros, stepMs })
    this.#aheadMs = aheadMs
  }
}
