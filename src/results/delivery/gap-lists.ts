import { GapPool } from './gap-pool.js'

/** Ranges one pair may have: walks stay short. */
export const MOST_RANGES_OF_A_PAIR = 1024
/** Ranges all pairs of a worker may have: 84 MB. */
const MOST_RANGES = 4 << 20
const NONE = -1

/** What `fill` found. */
export const fills = {
  /** The sequence is in no gap: it came long ago. */
  notMissing: 0,
  filled: 1,
  /** Filled, and a later sequence of an older epoch's gaps had been filled in this epoch before. */
  filledAfterLater: 2,
  /** A remembered fill of this epoch had it already. */
  filledBefore: 3,
} as const

type Fill = (typeof fills)[keyof typeof fills]

/**
 * What is missing of each pair: ranges of sequences below its `next`, latest first, and, where asked to remember,
 * ranges filled in the current epoch. 6 bytes a pair, and nothing else while nothing is missing.
 */
export class GapLists {
  /** Sequences that no longer can be told missing from present (or which epoch they came in), as a limit was hit. */
  ambiguous = 0
  readonly #pool: GapPool
  readonly #first: Int32Array
  readonly #count: Uint16Array

  constructor(pairs: number, mostRanges = MOST_RANGES) {
    this.#pool = new GapPool(mostRanges)
    this.#first = new Int32Array(pairs).fill(NONE)
    this.#count = new Uint16Array(pairs)
  }

  /** [low, high], later than every range of the pair, is missing, as a later sequence came at `openedMicros`. */
  open(pair: number, low: number, high: number, openedMicros: number): void {
    if (!this.#insert(pair, NONE, low, high, false, openedMicros)) this.ambiguous += high - low + 1
  }

  /** `sequence` has come. `remember` that it did so in this epoch, where `next` at the epoch's begin can't tell. */
  fill(pair: number, sequence: number, remember: boolean): Fill {
    const pool = this.#pool
    let before = NONE
    let range = this.#first[pair]!
    let hasPassedFilled = false
    while (range !== NONE && pool.low(range) > sequence) {
      hasPassedFilled ||= pool.isFilled(range)
      before = range
      range = pool.next(range)
    }
    if (range === NONE || pool.high(range) < sequence) return fills.notMissing
    if (pool.isFilled(range)) return fills.filledBefore
    this.#carve(pair, before, range, sequence)
    if (remember) this.#remember(pair, sequence)
    return hasPassedFilled ? fills.filledAfterLater : fills.filled
  }

  /** A new epoch began: what was filled in the last one is only received now. */
  forgetFilled(pair: number): void {
    const pool = this.#pool
    let before = NONE
    let range = this.#first[pair]!
    while (range !== NONE) {
      const next = pool.next(range)
      if (pool.isFilled(range)) this.#unlink(pair, before, range)
      else before = range
      range = next
    }
  }

  /** The pair's latest missing range, or −1. */
  latestMissing(pair: number): number {
    return this.#missingFrom(this.#first[pair]!)
  }

  /** The missing range before `range`, or −1. */
  earlierMissing(range: number): number {
    return this.#missingFrom(this.#pool.next(range))
  }

  low(range: number): number {
    return this.#pool.low(range)
  }

  high(range: number): number {
    return this.#pool.high(range)
  }

  /** When a later sequence of the missing range's stream came; Infinity: it can't be told on which connection. */
  openedMicros(range: number): number {
    return this.#pool.openedMicros(range)
  }

  isMissing(pair: number, sequence: number): boolean {
    let range = this.latestMissing(pair)
    while (range !== NONE && this.low(range) > sequence) range = this.earlierMissing(range)
    return range !== NONE && this.high(range) >= sequence
  }

  #missingFrom(start: number): number {
    let range = start
    while (range !== NONE && this.#pool.isFilled(range)) range = this.#pool.next(range)
    return range
  }

  /** Takes `sequence` out of the missing `range`. Where a split has no room, the smaller side is given up. */
  #carve(pair: number, before: number, range: number, sequence: number): void {
    const pool = this.#pool
    const low = pool.low(range)
    const high = pool.high(range)
    if (low === high) this.#unlink(pair, before, range)
    else if (sequence === low) pool.setLow(range, low + 1)
    else if (sequence === high) pool.setHigh(range, high - 1)
    else if (this.#insert(pair, range, low, sequence - 1, false, pool.openedMicros(range)))
      pool.setLow(range, sequence + 1)
    else if (high - sequence > sequence - low) {
      this.ambiguous += sequence - low
      pool.setLow(range, sequence + 1)
    } else {
      this.ambiguous += high - sequence
      pool.setHigh(range, sequence - 1)
    }
  }

  /** Adds `sequence` to the filled ranges, joined with those beside it. */
  #remember(pair: number, sequence: number): void {
    const pool = this.#pool
    let above = NONE
    let below = this.#first[pair]!
    while (below !== NONE && pool.low(below) > sequence) {
      above = below
      below = pool.next(below)
    }
    const joinsAbove = above !== NONE && pool.isFilled(above) && pool.low(above) === sequence + 1
    const joinsBelow = below !== NONE && pool.isFilled(below) && pool.high(below) === sequence - 1
    if (joinsAbove && joinsBelow) {
      pool.setLow(above, pool.low(below))
      this.#unlink(pair, above, below)
    } else if (joinsAbove) pool.setLow(above, sequence)
    else if (joinsBelow) pool.setHigh(below, sequence)
    else if (!this.#insert(pair, above, sequence, sequence, true, 0)) this.ambiguous += 1
  }

  /** Puts a range after `before` (−1: first). False when a limit is reached. */
  #insert(
    pair: number,
    before: number,
    low: number,
    high: number,
    isFilled: boolean,
    openedMicros: number,
  ): boolean {
    if (this.#count[pair] === MOST_RANGES_OF_A_PAIR) return false
    const next = before === NONE ? this.#first[pair]! : this.#pool.next(before)
    const range = this.#pool.take(low, high, isFilled, next, openedMicros)
    if (range === NONE) return false
    this.#link(pair, before, range)
    this.#count[pair] = this.#count[pair]! + 1
    return true
  }

  #unlink(pair: number, before: number, range: number): void {
    this.#link(pair, before, this.#pool.next(range))
    this.#count[pair] = this.#count[pair]! - 1
    this.#pool.give(range)
  }

  #link(pair: number, before: number, range: number): void {
    if (before === NONE) this.#first[pair] = range
    else this.#pool.setNext(before, range)
  }
}
