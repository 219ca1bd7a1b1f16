/** Between two looks at those that are waited for. */
export const STEP_MS = 250

/**
 * How long others have been silent, and how long they have been asked, counted in steps of this process: while it is
 * stopped or starved itself, no time passes for them.
 */
export class Patience {
  #silentMs: number[]
  #overdueMs = 0

  constructor(count: number) {
    this.#silentMs = new Array(count).fill(0)
  }

  /** Starts the count for a new question. */
  ask(): void {
    this.#overdueMs = 0
  }

  hear(index: number): void {
    this.#silentMs[index] = 0
  }

  /** A step of `elapsedMs`. Time in which no answer `isDue` yet does not count. */
  step(elapsedMs: number, isDue: boolean): void {
    const passedMs = Math.min(elapsedMs, 2 * STEP_MS)
    this.#silentMs = this.#silentMs.map((silentMs) => silentMs + passedMs)
    if (isDue) this.#overdueMs += passedMs
  }

  /** Whether nothing was heard for `limitMs`, all of it after an answer was due. */
  isOver(index: number, limitMs: number): boolean {
    return Math.min(this.#overdueMs, this.#silentMs[index]!) >= limitMs
  }
}
