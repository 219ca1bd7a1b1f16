import { extended } from './extended.js'

const FIRST_ROOM = 1024
const NONE = -1

/**
 * Ranges of sequences as linked lists in shared arrays, 21 bytes each, up to a limit for all lists together. Whoever
 * holds a list holds its first range's number; −1 is the empty list.
 */
export class GapPool {
  #low = new Uint32Array(FIRST_ROOM)
  #high = new Uint32Array(FIRST_ROOM)
  #next = new Int32Array(FIRST_ROOM)
  #filled = new Uint8Array(FIRST_ROOM)
  #opened = new Float64Array(FIRST_ROOM)
  #used = 0
  #free = NONE

  constructor(readonly limit: number) {}

  /** Number of a new range [low, high] before `next`; −1 when the limit is reached. */
  take(low: number, high: number, isFilled: boolean, next: number, openedMicros: number): number {
    const range = this.#room()
    if (range === NONE) return NONE
    this.#low[range] = low
    this.#high[range] = high
    this.#filled[range] = isFilled ? 1 : 0
    this.#next[range] = next
    this.#opened[range] = openedMicros
    return range
  }

  give(range: number): void {
    this.#next[range] = this.#free
    this.#free = range
  }

  low(range: number): number {
    return this.#low[range]!
  }

  high(range: number): number {
    return this.#high[range]!
  }

  next(range: number): number {
    return this.#next[range]!
  }

  /** Filled in the current epoch; else missing. */
  isFilled(range: number): boolean {
    return this.#filled[range] === 1
  }

  /** When a later sequence had come. */
  openedMicros(range: number): number {
    return this.#opened[range]!
  }

  setLow(range: number, low: number): void {
    this.#low[range] = low
  }

  setHigh(range: number, high: number): void {
    this.#high[range] = high
  }

  setNext(range: number, next: number): void {
    this.#next[range] = next
  }

  #room(): number {
    if (this.#free !== NONE) {
      const range = this.#free
      this.#free = this.#next[range]!
      return range
    }
    if (this.#used === this.limit) return NONE
    if (this.#used === this.#low.length) this.#grow()
    this.#used += 1
    return this.#used - 1
  }

  #grow(): void {
    const room = Math.min(this.limit, this.#used * 2)
    this.#low = extended(this.#low, new Uint32Array(room))
    this.#high = extended(this.#high, new Uint32Array(room))
    this.#next = extended(this.#next, new Int32Array(room))
    this.#filled = extended(this.#filled, new Uint8Array(room))
    this.#opened = extended(this.#opened, new Float64Array(room))
  }
}
