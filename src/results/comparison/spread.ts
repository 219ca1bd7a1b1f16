import { median } from '../statistics/shift.js'

/** A figure over the repeats of a cell. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
  readonly runs: number
}

/** Null when no run had the figure. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((left, right) => left - right)
  const [least, most] = [sorted[0], sorted.at(-1)]
  if (least === undefined || most === undefined) return null
  return { median: median(sorted), least, most, runs: sorted.length }
}
