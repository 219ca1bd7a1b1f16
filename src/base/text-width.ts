import { sumOf } from './sum.js'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide =
  /\p{Emoji_Presentation}|[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u
const colorCodes = /\u001b\[[0-9;]*m/g

/** Columns that `text` occupies on a terminal: none for colour codes, two for wide characters. */
export function widthOf(text: string): number {
  const plain = text.replace(colorCodes, '')
  if (/^[ -~]*$/.test(plain)) return plain.length
  return sumOf(segments(plain), segmentWidth)
}

/** `text`, if it is wider than `columns` cut to them with an ellipsis, and without its colour. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const segment of segments(text.replace(colorCodes, ''))) {
    width += segmentWidth(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** Lines of at most `columns`, broken between words; a longer word is broken anywhere. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((long) => pieces(long, columns))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && widthOf(longer) > columns) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

function pieces(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word]
  const cut: string[] = ['']
  for (const segment of segments(word)) {
    if (widthOf(cut.at(-1)! + segment) > columns) cut.push('')
    cut[cut.length - 1] += segment
  }
  return cut
}

function segments(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

function segmentWidth(segment: string): number {
  if (/^\p{M}+$/u.test(segment)) return 0
  return wide.test(segment) ? 2 : 1
}
