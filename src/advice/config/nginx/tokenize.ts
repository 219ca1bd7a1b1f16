import { usageError } from '../../../base/errors.js'

export interface Token {
  readonly text: string
  readonly line: number
  /** A quoted token is never punctuation. */
  readonly isQuoted: boolean
}

/** The words of an nginx configuration, with `{`, `}` and `;` as words of their own; comments are left out. */
export function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let at = 0
  while (at < text.length) {
    const character = text[at]!
    if (character === '\n') line += 1
    if (/\s/.test(character)) at += 1
    else if (character === '#') at = endOfLine(text, at)
    else if ('{};'.includes(character)) {
      tokens.push({ text: character, line, isQuoted: false })
      at += 1
    } else {
      const isQuoted = character === '"' || character === "'"
      const end = isQuoted ? endOfQuote(text, at) : endOfWord(text, at)
      if (end === null) throw usageError(`${file}:${line}: the quote ${character} is not closed`)
      const raw = isQuoted ? text.slice(at + 1, end - 1) : text.slice(at, end)
      tokens.push({ text: unescaped(raw), line, isQuoted })
      line += newlinesIn(raw)
      at = end
      if (!isQuoted && raw.endsWith('_by_lua_block')) {
        const after = endOfLua(text, at)
        tokens.push({ text: ';', line, isQuoted: false })
        line += newlinesIn(text.slice(at, after))
        at = after
      }
    }
  }
  return tokens
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function endOfQuote(text: string, from: number): number | null {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === text[from]) return at + 1
  }
  return null
}

/** `${name}` belongs to its word, although a brace ends a word everywhere else. */
function endOfWord(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '\\') at += 1
    else if (character === '$' && text[at + 1] === '{') at = Math.max(at, text.indexOf('}', at))
    else if (/[\s;{]/.test(character)) return at
  }
  return text.length
}

/** After the block of Lua code that follows; what is inside is no configuration. */
function endOfLua(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1
    if (text[at] === '}') depth -= 1
    if (text[at] === '}' && depth === 0) return at + 1
  }
  return text.length
}

function unescaped(raw: string): string {
  return raw.replace(/\\(["'\\])/g, '$1')
}

function newlinesIn(text: string): number {
  return text.split('\n').length - 1
}
