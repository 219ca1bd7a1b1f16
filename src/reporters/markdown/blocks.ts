import { safe } from './safe.js'

/** A table, a line a row; nothing without rows. Cells are Markdown. */
export function grid(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? ':--' : '--:'))), ...rows.map(line)]
}

export function list(texts: readonly string[]): string[] {
  return texts.map((text) => `- ${safe(text)}`)
}
