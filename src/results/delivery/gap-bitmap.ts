import type { ByteBudget } from './byte-budget.js'
import { HIGHEST_SEQUENCE } from './copy.js'
import { extended } from './extended.js'
import { type Fill, fills } from './fills.js'
import { lowerBound } from './lower-bound.js'

const NONE = -1
/** 32 sequences, two bits each. */
const BYTES_PER_WORD = 8
const BYTES_PER_OPENING = 12
/** The object and its empty arrays. */
const OWN_BYTES = 1_000

/**
 * What is missing of a pair that has more gaps than a list may hold: two bits a sequence from the first gap on, and 12
 * bytes for each gap that ever opened. Filling takes the same time whatever is missing.
 */
export class GapBitmap {
  #missing = new Uint32Array(0)
  /** Filled in the current epoch, where that is to be remembered. */
  #filled = new Uint32Array(0)
  #highestFilled = NONE
  /** By gap, in order: its highest sequence, and when a later one came. */
  #openingHigh = new Uint32Array(0)
  #openedMicros = new Float64Array(0)
  #openings = 0
  #ambiguousFrom = Number.POSITIVE_INFINITY

  private constructor(
    readonly base: number,
    readonly budget: ByteBudget,
  ) {}

  /** With room for sequences [base, high] and for `openings` gaps; null where the budget is too small. */
  static create(budget: ByteBudget, base: number, high: number, openings: number): GapBitmap | null {
    const bitmap = new GapBitmap(base, budget)
    return bitmap.#reserve(high, openings, OWN_BYTES) ? bitmap : null
  }

  /** As GapLists.open. */
  open(low: number, high: number, openedMicros: number): boolean {
    if (!this.#reserve(high, 1, 0)) {
      this.#ambiguousFrom = low
      return false
    }
    setBits(this.#missing, low - this.base, high - this.base)
    this.#openingHigh[this.#openings] = high
    this.#openedMicros[this.#openings] = openedMicros
    this.#openings += 1
    return true
  }

  /** [low, high], for which there is room, was filled in the current epoch. */
  addFilled(low: number, high: number): void {
    setBits(this.#filled, low - this.base, high - this.base)
    this.#highestFilled = Math.max(this.#highestFilled, high)
  }

  /** As GapLists.fill. */
  fill(sequence: number, remember: boolean): Fill {
    if (sequence >= this.#ambiguousFrom) return fills.ambiguous
    const offset = sequence - this.base
    if (!hasBit(this.#missing, offset))
      return hasBit(this.#filled, offset) ? fills.filledBefore : fills.notMissing
    const isAfterLater = this.#highestFilled > sequence
    this.#missing[offset >>> 5]! &= ~(1 << (offset & 31))
    if (remember) this.addFilled(sequence, sequence)
    return isAfterLater ? fills.filledAfterLater : fills.filled
  }

  forgetFilled(): void {
    if (this.#highestFilled === NONE) return
    this.#filled.fill(0)
    this.#highestFilled = NONE
  }

  isAmbiguous(sequence: number): boolean {
    return sequence >= this.#ambiguousFrom
  }

  isMissing(sequence: number): boolean {
    return this.isAmbiguous(sequence) || hasBit(this.#missing, sequence - this.base)
  }

  /** The highest missing sequence up to `sequence`, or −1. */
  highestMissing(sequence: number): number {
    if (this.isAmbiguous(sequence)) return HIGHEST_SEQUENCE
    const from = Math.min(sequence - this.base, this.#missing.length * 32 - 1)
    const offset = from < 0 ? NONE : highestBit(this.#missing, 0, from)
    return offset === NONE ? NONE : this.base + offset
  }

  /** Where the missing range begins that `sequence` is in. */
  lowOf(sequence: number): number {
    if (this.isAmbiguous(sequence)) return this.#ambiguousFrom
    return this.base + highestBit(this.#missing, -1, sequence - this.base) + 1
  }

  /** Of the missing range that `sequence` is in. */
  openedMicros(sequence: number): number {
    return this.#openedMicros[lowerBound(this.#openingHigh, sequence, 0, this.#openings)]!
  }

  /** Grows by a quarter at least, as each growth copies everything. */
  #reserve(high: number, openings: number, ownBytes: number): boolean {
    const words = growth(this.#missing.length, ((high - this.base) >>> 5) + 1)
    const entries = growth(this.#openingHigh.length, this.#openings + openings)
    if (!this.budget.take(ownBytes + words * BYTES_PER_WORD + entries * BYTES_PER_OPENING)) return false
    if (words > 0) {
      const room = this.#missing.length + words
      this.#missing = extended(this.#missing, new Uint32Array(room))
      this.#filled = extended(this.#filled, new Uint32Array(room))
    }
    if (entries > 0) {
      const room = this.#openingHigh.length + entries
      this.#openingHigh = extended(this.#openingHigh, new Uint32Array(room))
      this.#openedMicros = extended(this.#openedMicros, new Float64Array(room))
    }
    return true
  }
}

/** How much longer an array must become to have `needed` elements. */
function growth(length: number, needed: number): number {
  return needed <= length ? 0 : Math.max(needed - length, length >> 2)
}

function hasBit(words: Uint32Array, offset: number): boolean {
  return offset >= 0 && (((words[offset >>> 5] ?? 0) >>> (offset & 31)) & 1) === 1
}

/** Bits [from, to]. */
function setBits(words: Uint32Array, from: number, to: number): void {
  const [first, last] = [from >>> 5, to >>> 5]
  const [head, tail] = [-1 << (from & 31), -1 >>> (31 - (to & 31))]
  if (first === last) {
    words[first]! |= head & tail
    return
  }
  words[first]! |= head
  words.fill(0xffffffff, first + 1, last)
  words[last]! |= tail
}

/** The highest set bit at `from` or below, or −1; `flip` −1: of the inverted words. */
function highestBit(words: Uint32Array, flip: 0 | -1, from: number): number {
  let word = from >>> 5
  let bits = (words[word]! ^ flip) & (-1 >>> (31 - (from & 31)))
  while (bits === 0 && word > 0) {
    word -= 1
    bits = words[word]! ^ flip
  }
  return bits === 0 ? NONE : word * 32 + 31 - Math.clz32(bits)
}
