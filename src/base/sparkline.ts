const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** One character per value, from 0 to the highest of them; a space for null. Only the last `columns` are shown. */
export function sparkline(values: readonly (number | null)[], columns: number): string[] {
  const shown = columns <= 0 ? [] : values.slice(-columns)
  const highest = Math.max(0, ...shown.map((value) => value ?? 0))
  return shown.map((value) => {
    if (value === null) return ' '
    if (highest === 0) return levels[0]!
    return levels[Math.min(levels.length - 1, Math.floor((value / highest) * levels.length))]!
  })
}
