/** How a level did. */
export interface Tried {
  readonly value: number
  readonly held: boolean
}

/** A bracket no wider than this is narrow enough: one run tells no finer. */
const NARROW = 1.1

/**
 * The next level to try, null when the search is over: doubling from `from` up to `to` while levels hold, then halving
 * the bracket between the highest that held and the lowest that did not, until they are within a tenth of each other.
 */
export function nextLevel(
  { from, to }: { readonly from: number; readonly to: number },
  tried: readonly Tried[],
  round: (value: number) => number,
): number | null {
  if (tried.length === 0) return from
  const broken = Math.min(...tried.filter(({ held }) => !held).map(({ value }) => value))
  const highest = Math.max(
    0,
    ...tried.filter(({ held, value }) => held && value < broken).map(({ value }) => value),
  )
  if (highest === 0 || highest === to) return null
  if (broken === Number.POSITIVE_INFINITY) return round(Math.min(2 * highest, to))
  if (broken / highest <= NARROW) return null
  const middle = round(Math.sqrt(highest * broken))
  return middle > highest && middle < broken ? middle : null
}
