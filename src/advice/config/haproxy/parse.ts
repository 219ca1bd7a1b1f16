import { usageError } from '../../../base/errors.js'
import type { Place } from '../rule.js'

export interface ConfigLine {
  readonly words: readonly string[]
  readonly place: Place
}

/** `backend ws`, and the lines below it. */
export interface Section {
  readonly kind: string
  readonly name: string
  readonly place: Place
  readonly lines: readonly ConfigLine[]
  /** Of the `defaults` that a proxy takes what it does not say itself from; null if there is none, or for other sections. */
  readonly defaults: Section | null
}

/** Words that begin a section of HAProxy's configuration. */
const sectionKinds = new Set(
  'global defaults frontend backend listen peers mailers resolvers userlist program cache http-errors ring log-forward fcgi-app crt-store traces'.split(
    ' ',
  ),
)
const proxyKinds = ['frontend', 'backend', 'listen', 'defaults']

export function parseHaproxy(text: string, file: string): Section[] {
  const sections: { -readonly [Key in keyof Section]: Section[Key] }[] = []
  let lines: ConfigLine[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const place = { file, line: index + 1 }
    const words = wordsOf(line, place)
    const [first = '', name = ''] = words
    if (words.length === 0 || first.startsWith('.')) continue
    if (sectionKinds.has(first)) {
      lines = []
      const defaults = defaultsFor(first, words, sections)
      sections.push({ kind: first, name, place, lines, defaults })
    } else lines.push({ words, place })
  }
  return sections
}

/** Those named after `from`, or the last ones above. */
function defaultsFor(kind: string, words: readonly string[], above: readonly Section[]): Section | null {
  if (!proxyKinds.includes(kind)) return null
  const all = above.filter((section) => section.kind === 'defaults')
  const from = words.indexOf('from')
  if (from >= 2 || (kind === 'defaults' && from >= 1))
    return all.findLast(({ name }) => name === words[from + 1]) ?? null
  return kind === 'defaults' ? null : (all.at(-1) ?? null)
}

/** Words of a line; quotes and backslashes as in HAProxy's manual, section 2.2. */
function wordsOf(line: string, { file, line: number }: Place): string[] {
  const words: string[] = []
  let word: string | null = null
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!
    if (character === '\\' && quote !== "'") {
      at += 1
      word = (word ?? '') + (line[at] ?? '')
    } else if (quote !== '') {
      if (character === quote) quote = ''
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (character === '#') break
    else if (/\s/.test(character)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + character
  }
  if (quote !== '') throw usageError(`${file}:${number}: the quote ${quote} is not closed`)
  return word === null ? words : [...words, word]
}
