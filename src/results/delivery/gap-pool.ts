import { extended } from './extended.js'

const FIRST_ROOM = 1024
const NONE = -1

export const BYTES_PER_RANGE = 21

/** What is known of a range's sequences: missing; filled in the current epoch; or whether they came can't be told. */
export const states = { missing: 0, filled: 1, ambiguous: 2 } as const

export type State = (typeof states)[keyof typeof states]

/**
 * Ranges of sequences as linked lists in shared arrays, for all lists together. Whoever holds a list holds its first
 * range's number; −1 is the empty list.
 */
export class GapPool {
  #low = new Uint32Array(FIRST_ROOM)
  #high = new Uint32Array(FIRST_ROOM)
  #next = new Int32Array(FIRST_ROOM)
  #state = new Uint8Array(FIRST_ROOM)
  #opened = new Float64Array(FIRST_ROOM)
  #used = 0
  #taken = 0
  #free = NONE

  /** `limit`: how many ranges there should be. */
  constructor(readonly limit: number) {}

  /** Whether `count` more are within the limit. */
  hasRoom(count: number): boolean {
    return this.#taken + count <= this.limit
  }

  /** Number of a new range [low, high] before `next`. */
  take(low: number, high: number, state: State, next: number, openedMicros: number): number {
    const range = this.#room()
    this.#taken += 1
    this.#low[range] = low
    this.#high[range] = high
    this.#state[range] = state
    this.#next[range] = next
    this.#opened[range] = openedMicros
    return range
  }

  give(range: number): void {
    this.#next[range] = this.#free
    this.#free = range
    this.#taken -= 1
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

  isFilled(range: number): boolean {
    return this.#state[range] === states.filled
  }

  isAmbiguous(range: number): boolean {
    return this.#state[range] === states.ambiguous
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

  setAmbiguous(range: number): void {
    this.#state[range] = states.ambiguous
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
    if (this.#used === this.#low.length) this.#grow()
    this.#used += 1
    return this.#used - 1
  }

  #grow(): void {
    const room = this.#used < this.limit ? Math.min(this.limit, this.#used * 2) : this.#used + FIRST_ROOM
    this.#low = extended(this.#low, new Uint32Array(room))
    this.#high = extended(this.#high, new Uint32Array(room))
    this.#next = extended(this.#next, new Int32Array(room))
    this.#state = extended(this.#state, new Uint8Array(room))
    this.#opened = extended(this.#opened, new Float64Array(room))
  }
}
