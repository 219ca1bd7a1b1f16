import type { Balance } from './result.js'

/** How evenly connections lie over the nodes of the pool; those with none count. */
export function balanceOf(perNode: Readonly<Record<string, number>>): Balance {
  const counts = Object.values(perNode)
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  if (!(mean > 0)) return { perNode, maxOverMean: null, minOverMean: null, coefficientOfVariation: null }
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
  return {
    perNode,
    maxOverMean: Math.max(...counts) / mean,
    minOverMean: Math.min(...counts) / mean,
    coefficientOfVariation: Math.sqrt(variance) / mean,
  }
}
