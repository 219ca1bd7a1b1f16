import type { BalanceRatios } from '../result.js'

/** Up to here a pool counts as balanced: the fullest node's connections over the mean. */
export const BALANCED_MAX_OVER_MEAN = 1.1

const nothing: BalanceRatios = { maxOverMean: null, minOverMean: null, coefficientOfVariation: null }

/** How evenly something lies over the nodes of the pool; those with none of it count. */
export function ratiosOf(perNode: Readonly<Record<string, number>>): BalanceRatios {
  const counts = Object.values(perNode)
  const mean = meanOf(counts)
  if (!(mean > 0)) return nothing
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
  return {
    maxOverMean: Math.max(...counts) / mean,
    minOverMean: Math.min(...counts) / mean,
    coefficientOfVariation: Math.sqrt(variance) / mean,
  }
}

/** Each ratio's mean over the moments that have it. */
export function meanRatios(moments: readonly BalanceRatios[]): BalanceRatios {
  const mean = (read: (moment: BalanceRatios) => number | null): number | null => {
    const values = moments.map(read).filter((value) => value !== null)
    return values.length === 0 ? null : meanOf(values)
  }
  return {
    maxOverMean: mean((moment) => moment.maxOverMean),
    minOverMean: mean((moment) => moment.minOverMean),
    coefficientOfVariation: mean((moment) => moment.coefficientOfVariation),
  }
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
