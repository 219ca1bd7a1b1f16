import type { ColorName, SeriesSpec } from './chart-spec.js'

const colors: readonly ColorName[] = ['blue', 'orange', 'green', 'purple', 'sky', 'yellow', 'gray']

/** Looks of the `index`-th of many lines: each colour solid, then each dashed. */
export function lookOf(index: number): Pick<SeriesSpec, 'color' | 'look'> {
  const isDashed = index % (2 * colors.length) >= colors.length
  return { color: colors[index % colors.length]!, look: isDashed ? 'dashed' : 'line' }
}
