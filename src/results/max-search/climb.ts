/** A level that was tried. */
export interface Tried {
  readonly value: number
  readonly passed: boolean
}

/** Ratio of the bracket's ends at which the search stops: a single run is not more precise. */
const NARROW = 1.1

/**
 * The next level to try, null when the search is over. Levels double from `from` up to `to` as long as they pass. Then the
 * bracket between the highest level that passed and the lowest that failed is halved, until its ends differ by at most a tenth.
 */
export function nextLevel(
  { from, to }: { readonly from: number; readonly to: number },
  tried: readonly Tried[],
  round: (value: number) => number,
): number | null {
  if (tried.length === 0) return from
  const lowestFailing = Math.min(...tried.filter(({ passed }) => !passed).map(({ value }) => value))
  const highest = Math.max(
    0,
    ...tried.filter(({ passed, value }) => passed && value < lowestFailing).map(({ value }) => value),
  )
  if (highest === 0 || highest === to) return null
  if (lowestFailing === Number.POSITIVE_INFINITY) return round(Math.min(2 * highest, to))
  if (lowestFailing / highest <= NARROW) return null
  const middle = round(Math.sqrt(highest * lowestFailing))
  return middle > highest && middle < lowestFailing ? middle : null
}
