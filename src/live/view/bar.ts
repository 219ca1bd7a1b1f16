const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** `columns` wide, filled to `share` (0 … 1) by eighths of a column, and with `rest` beyond. */
export function bar(share: number, columns: number, rest = ' '): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * columns * 8)
  const text = '█'.repeat(Math.floor(filled / 8)) + eighths[filled % 8]!
  return text + rest.repeat(Math.max(0, columns - text.length))
}
