const WIDTH = 80
const INDENT = '  '

/** A title and its lines, indented. */
export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `${INDENT}${line}`)].join('\n')
}

/** Rows as lines: every column as wide as its widest cell, two spaces between, the last one wrapped to what is left. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const last = Math.max(...rows.map((row) => row.length)) - 1
  const widths = Array.from({ length: last }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const before = widths.reduce((sum, width) => sum + width + 2, 0)
  return rows.flatMap((row) => {
    const start = widths.map((width, column) => `${(row[column] ?? '').padEnd(width)}  `).join('')
    const [first = '', ...more] = wrap(row[last] ?? '', { width: WIDTH - INDENT.length - before })
    return [start + first, ...more.map((line) => ' '.repeat(before) + line)].map((line) => line.trimEnd())
  })
}

/** Lines of whole words; a word longer than a line stays whole. */
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
