import { styleText } from 'node:util'
import { formatDuration } from '../../base/format.js'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan'

export type Painter = (style: Style, text: string) => string

/** Colours by `color` alone; styleText by itself would look at the stream. */
export function painter(color: boolean): Painter {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text)
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** `columns` wide, filled to `share` (0 … 1) in eighths of a column; the rest of it is `rest`. */
export function bar(share: number, columns: number, rest = ' '): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * columns * 8)
  const text = '█'.repeat(Math.floor(filled / 8)) + eighths[filled % 8]!
  return text + rest.repeat(Math.max(0, columns - text.length))
}

/** A time left or passed, rounded up. */
export function wholeSeconds(ms: number): string {
  return formatDuration(Math.max(0, Math.ceil(ms / 1000) * 1000))
}
