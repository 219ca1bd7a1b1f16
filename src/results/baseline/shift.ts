/** By how much the values of one sample lie above those of another. */
export interface Shift {
  /** Hodges–Lehmann: the median of all differences between a value of the one and a value of the other. */
  readonly estimate: number
  /** Null where too few values are there to have one. */
  readonly interval: Interval | null
}

export interface Interval {
  readonly low: number
  readonly high: number
  /** How often such an interval holds the true shift, at least: 0 … 1. */
  readonly confidence: number
}

/** With fewer values on either side even the widest interval says too little. */
const FEWEST = 3
const WANTED_CONFIDENCE = 0.95

/**
 * The shift from `from` to `to` and its distribution-free interval: the differences in order, as many cut off at each end
 * as the Mann–Whitney statistic allows at 95 % (the widest one with 3 values against 3, which is 90 %).
 */
export function shiftOf(from: readonly number[], to: readonly number[]): Shift {
  const differences = to
    .flatMap((after) => from.map((before) => after - before))
    .sort((one, other) => one - other)
  const estimate = median(differences)
  if (Math.min(from.length, to.length) < FEWEST) return { estimate, interval: null }
  const tails = tailProbabilities(from.length, to.length)
  const cut = Math.max(
    0,
    tails.findLastIndex((tail) => 2 * tail <= 1 - WANTED_CONFIDENCE),
  )
  const [low, high] = [differences[cut]!, differences.at(-1 - cut)!]
  return { estimate, interval: { low, high, confidence: 1 - 2 * tails[cut]! } }
}

/** Of values in order. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}

/** P(U ≤ u) of the Mann–Whitney statistic U of samples that do not differ, by u up to half its range. */
function tailProbabilities(left: number, right: number): number[] {
  const ways = waysToReach(left, right)
  const all = ways.reduce((sum, count) => sum + count, 0)
  let reached = 0
  return ways.slice(0, Math.ceil((left * right) / 2)).map((count) => {
    reached += count
    return reached / all
  })
}

/** In how many orders of the two samples U is u: the coefficients of the Gaussian binomial. */
function waysToReach(left: number, right: number): number[] {
  let ways = [1]
  for (let step = 1; step <= left; step += 1) {
    // Times 1 − q^(right + step), over 1 − q^step.
    const longer = Array.from({ length: ways.length + right }, (_, power) => {
      return (ways[power] ?? 0) - (ways[power - right - step] ?? 0)
    })
    for (let power = step; power < longer.length; power += 1) longer[power]! += longer[power - step]!
    ways = longer
  }
  return ways
}
