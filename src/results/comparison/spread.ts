/** A figure over the repeats of a cell. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
  readonly runs: number
}

/** Null when no run had the figure. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).sort((left, right) => left - right)
  const [least, most] = [sorted[0], sorted.at(-1)]
  if (least === undefined || most === undefined) return null
  const middle = sorted.length / 2
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
  return { median, least, most, runs: sorted.length }
}

/**
 * Whether the repeats tell two cells apart: only if their intervals from least to most share no value. Null where one
 * of them has a single run, of which no spread is known.
 */
export function areApart(one: Spread, other: Spread): boolean | null {
  if (one.runs < 2 || other.runs < 2) return null
  return one.most < other.least || other.most < one.least
}
