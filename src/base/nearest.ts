/**
 * The candidate that a misspelt `word` most likely stands for, or one that has its parts in another order (`kill-node`);
 * undefined if none is similar. Ignores case.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const furthest = Math.max(1, Math.floor(word.length / 3))
  let best: string | undefined
  let bestDistance = furthest + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best ?? candidates.find((candidate) => partsOf(candidate) === partsOf(word))
}

/** The same for `node-kill` and `kill-node`. */
function partsOf(name: string): string {
  return name
    .toLowerCase()
    .split(/[-_. ]/)
    .sort()
    .join(' ')
}

/** Insertions, deletions, substitutions and swaps of adjacent characters (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwap =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + (isSame ? 0 : 1),
        isSwap ? beforePrevious[column - 2]! + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforePrevious = previous
    previous = current
  }
  return previous[to.length]!
}
