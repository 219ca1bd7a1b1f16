import { sumOf } from '../base/sum.js'

const WIDTH = 80
const INDENT = '  '

/** A title and its lines, indented; empty without lines. */
export function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return [title, ...lines.map((line) => `${INDENT}${line}`)].join('\n')
}

/** Rows as lines. Each column is as wide as its widest cell, with two spaces between; the last one wraps at the line width. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const last = Math.max(...rows.map((row) => row.length)) - 1
  const widths = Array.from({ length: last }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const before = sumOf(widths, (width) => width + 2)
  return rows.flatMap((row) => {
    const start = widths.map((width, column) => `${(row[column] ?? '').padEnd(width)}  `).join('')
    const [first = '', ...more] = wrap(row[last] ?? '', { width: WIDTH - INDENT.length - before })
    return [start + first, ...more.map((line) => ' '.repeat(before) + line)].map((line) => line.trimEnd())
  })
}

/** Wraps text at word boundaries; a word longer than a line is not split. */
export function wrap(
  text: string,
  { bullet = '', width = WIDTH - INDENT.length }: { readonly bullet?: string; readonly width?: number },
): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width - bullet.length) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  return lines.map((content, index) => (index === 0 ? bullet : ' '.repeat(bullet.length)) + content)
}
