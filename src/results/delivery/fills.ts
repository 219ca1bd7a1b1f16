/** What became of a copy whose sequence is below the pair's `next`. */
export const fills = {
  /** The sequence is in no gap: it came long ago. */
  notMissing: 0,
  filled: 1,
  /** Filled, and a later sequence of an older epoch's gaps had been filled in this epoch before. */
  filledAfterLater: 2,
  /** A remembered fill of this epoch had it already. */
  filledBefore: 3,
  /** There is no memory left to note it: the copy must count for nothing. */
  ambiguous: 4,
} as const

export type Fill = (typeof fills)[keyof typeof fills]
