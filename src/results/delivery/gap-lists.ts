import { ByteBudget } from './byte-budget.js'
import { HIGHEST_SEQUENCE } from './copy.js'
import { type Fill, fills } from './fills.js'
import { GapBitmap } from './gap-bitmap.js'
import { BYTES_PER_RANGE, GapPool, type State, states } from './gap-pool.js'

/** What the gaps of a worker may take. */
export interface GapLimits {
  /** Ranges in the list of one pair, so that walks stay short; a pair with more gets a bitmap. */
  readonly rangesOfPair: number
  /** Ranges in all lists. */
  readonly ranges: number
  /** All bitmaps, apart from the lists so that neither takes the room of the other. */
  readonly bitmapBytes: number
}

export const gapLimits: GapLimits = { rangesOfPair: 1024, ranges: 2 << 20, bitmapBytes: 42 << 20 }

/** 88 MB in each worker, where very much is missing. */
export const MOST_GAP_BYTES = gapLimits.ranges * BYTES_PER_RANGE + gapLimits.bitmapBytes

const NONE = -1
/** Ranges of lists have lower numbers; the others are (bitmap + 1) · 2³² + high. */
const FIRST_OF_BITMAPS = 2 ** 32

/**
 * What is missing of each pair: ranges of sequences below its `next`, latest first, and, where asked to remember,
 * ranges filled in the current epoch. 6 bytes a pair, and nothing else while nothing is missing.
 */
export class GapLists {
  readonly #pool: GapPool
  readonly #budget: ByteBudget
  readonly #bitmaps: GapBitmap[] = []
  /** By pair: the first range of its list, or −2 − number of its bitmap. */
  readonly #first: Int32Array
  readonly #count: Uint16Array

  constructor(
    pairs: number,
    readonly limits: GapLimits = gapLimits,
  ) {
    this.#pool = new GapPool(limits.ranges)
    this.#budget = new ByteBudget(limits.bitmapBytes)
    this.#first = new Int32Array(pairs).fill(NONE)
    this.#count = new Uint16Array(pairs)
  }

  /**
   * [low, high], later than every range of the pair, is missing, as a later sequence came at `openedMicros`. False: there
   * is no memory left for it, so that everything from `low` on is ambiguous for good.
   */
  open(pair: number, low: number, high: number, openedMicros: number): boolean {
    const bitmap = this.#bitmapOf(pair) ?? (this.#hasRoom(pair, 1) ? null : this.#convert(pair, low))
    if (bitmap) return bitmap.open(low, high, openedMicros)
    const isKept = this.#hasRoom(pair, 1)
    if (isKept) this.#insert(pair, NONE, low, high, states.missing, openedMicros)
    else this.#insert(pair, NONE, low, HIGHEST_SEQUENCE, states.ambiguous, openedMicros)
    return isKept
  }

  /** `sequence` has come. `remember` that it did so in this epoch, where `next` at the epoch's begin can't tell. */
  fill(pair: number, sequence: number, remember: boolean): Fill {
    const pool = this.#pool
    let before = NONE
    let range = this.#first[pair]!
    if (range < NONE) return this.#bitmapOf(pair)!.fill(sequence, remember)
    let hasPassedFilled = false
    while (range !== NONE && pool.low(range) > sequence) {
      hasPassedFilled ||= pool.isFilled(range)
      before = range
      range = pool.next(range)
    }
    if (range === NONE || pool.high(range) < sequence) return fills.notMissing
    if (pool.isFilled(range)) return fills.filledBefore
    if (pool.isAmbiguous(range)) return fills.ambiguous
    if (!this.#hasRoom(pair, this.#rangesToFill(before, range, sequence, remember))) {
      const bitmap = this.#convert(pair, sequence)
      if (bitmap) return bitmap.fill(sequence, remember)
      pool.setAmbiguous(range)
      return fills.ambiguous
    }
    this.#carve(pair, before, range, sequence)
    if (remember) this.#remember(pair, sequence)
    return hasPassedFilled ? fills.filledAfterLater : fills.filled
  }

  /** A new epoch began: what was filled in the last one is only received now. */
  forgetFilled(pair: number): void {
    const pool = this.#pool
    let before = NONE
    let range = this.#first[pair]!
    if (range < NONE) this.#bitmapOf(pair)!.forgetFilled()
    while (range > NONE) {
      const next = pool.next(range)
      if (pool.isFilled(range)) this.#unlink(pair, before, range)
      else before = range
      range = next
    }
  }

  /** The pair's latest missing or ambiguous range, or −1. */
  latestMissing(pair: number): number {
    const first = this.#first[pair]!
    return first < NONE ? this.#missingOf(-2 - first, HIGHEST_SEQUENCE) : this.#missingFrom(first)
  }

  /** The missing or ambiguous range before `range`, or −1. */
  earlierMissing(range: number): number {
    if (range < FIRST_OF_BITMAPS) return this.#missingFrom(this.#pool.next(range))
    return this.#missingOf(Math.floor(range / FIRST_OF_BITMAPS) - 1, this.low(range) - 1)
  }

  low(range: number): number {
    if (range < FIRST_OF_BITMAPS) return this.#pool.low(range)
    return this.#bitmapWith(range).lowOf(range >>> 0)
  }

  high(range: number): number {
    return range < FIRST_OF_BITMAPS ? this.#pool.high(range) : range >>> 0
  }

  /** Nobody knows which of the range's sequences came. None was counted. */
  isAmbiguous(range: number): boolean {
    if (range < FIRST_OF_BITMAPS) return this.#pool.isAmbiguous(range)
    return this.#bitmapWith(range).isAmbiguous(range >>> 0)
  }

  /** When a later sequence of the missing range's stream came; Infinity: it can't be told on which connection. */
  openedMicros(range: number): number {
    if (range < FIRST_OF_BITMAPS) return this.#pool.openedMicros(range)
    return this.#bitmapWith(range).openedMicros(range >>> 0)
  }

  /** Or ambiguous. */
  isMissing(pair: number, sequence: number): boolean {
    const bitmap = this.#bitmapOf(pair)
    if (bitmap) return bitmap.isMissing(sequence)
    let range = this.latestMissing(pair)
    while (range !== NONE && this.low(range) > sequence) range = this.earlierMissing(range)
    return range !== NONE && this.high(range) >= sequence
  }

  #bitmapOf(pair: number): GapBitmap | null {
    const first = this.#first[pair]!
    return first < NONE ? this.#bitmaps[-2 - first]! : null
  }

  #bitmapWith(range: number): GapBitmap {
    return this.#bitmaps[Math.floor(range / FIRST_OF_BITMAPS) - 1]!
  }

  /** The highest missing range up to `sequence` of a bitmap, or −1. */
  #missingOf(bitmap: number, sequence: number): number {
    const high = this.#bitmaps[bitmap]!.highestMissing(sequence)
    return high === NONE ? NONE : (bitmap + 1) * FIRST_OF_BITMAPS + high
  }

  #missingFrom(start: number): number {
    let range = start
    while (range !== NONE && this.#pool.isFilled(range)) range = this.#pool.next(range)
    return range
  }

  #hasRoom(pair: number, more: number): boolean {
    if (more <= 0) return true
    return this.#count[pair]! + more <= this.limits.rangesOfPair && this.#pool.hasRoom(more)
  }

  /** How many more ranges the list has once `sequence` of the missing `range` is filled. */
  #rangesToFill(before: number, range: number, sequence: number, remember: boolean): number {
    const pool = this.#pool
    const isLow = sequence === pool.low(range)
    const isHigh = sequence === pool.high(range)
    const after = pool.next(range)
    const joinsAbove = isHigh && before !== NONE && pool.isFilled(before) && pool.low(before) === sequence + 1
    const joinsBelow = isLow && after !== NONE && pool.isFilled(after) && pool.high(after) === sequence - 1
    const parts = (isLow ? 0 : 1) + (isHigh ? 0 : 1)
    return parts - 1 + (remember && !joinsAbove && !joinsBelow ? 1 : 0)
  }

  /** Takes `sequence` out of the missing `range`. */
  #carve(pair: number, before: number, range: number, sequence: number): void {
    const pool = this.#pool
    const low = pool.low(range)
    const high = pool.high(range)
    if (low === high) this.#unlink(pair, before, range)
    else if (sequence === low) pool.setLow(range, low + 1)
    else if (sequence === high) pool.setHigh(range, high - 1)
    else {
      this.#insert(pair, range, low, sequence - 1, states.missing, pool.openedMicros(range))
      pool.setLow(range, sequence + 1)
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
    else this.#insert(pair, above, sequence, sequence, states.filled, 0)
  }

  /**
   * Turns the pair's list into a bitmap, which begins at `low` if the list is empty. Null where there is no memory for one,
   * or where that was so before.
   */
  #convert(pair: number, low: number): GapBitmap | null {
    const pool = this.#pool
    const first = this.#first[pair]!
    let base = low
    for (let range = first; range !== NONE; range = pool.next(range)) {
      if (pool.isAmbiguous(range)) return null
      base = pool.low(range)
    }
    const high = first === NONE ? base : pool.high(first)
    const bitmap = GapBitmap.create(this.#budget, base, high, this.#count[pair]!)
    if (bitmap === null) return null
    this.#move(first, bitmap)
    this.#bitmaps.push(bitmap)
    this.#first[pair] = -1 - this.#bitmaps.length
    this.#count[pair] = 0
    return bitmap
  }

  /** Earliest first, as gaps open. */
  #move(first: number, bitmap: GapBitmap): void {
    const pool = this.#pool
    const ranges: number[] = []
    for (let range = first; range !== NONE; range = pool.next(range)) ranges.push(range)
    for (const range of ranges.reverse()) {
      const [low, high] = [pool.low(range), pool.high(range)]
      if (pool.isFilled(range)) bitmap.addFilled(low, high)
      else bitmap.open(low, high, pool.openedMicros(range))
      pool.give(range)
    }
  }

  /** Puts a range after `before` (−1: first). */
  #insert(pair: number, before: number, low: number, high: number, state: State, openedMicros: number): void {
    const next = before === NONE ? this.#first[pair]! : this.#pool.next(before)
    this.#link(pair, before, this.#pool.take(low, high, state, next, openedMicros))
    this.#count[pair] = this.#count[pair]! + 1
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
