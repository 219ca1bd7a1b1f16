/** Control characters, invisible and direction-changing ones, lone surrogates, line separators. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu

/** Text that is safe to print to a terminal: characters that are not printable become `\u{1b}`. */
export function escapeText(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}

/** The same value with every string in it escaped, keys included. */
export function escapeDeep<Value>(value: Value): Value {
  return escapeUnknown(value) as Value
}

function escapeUnknown(value: unknown): unknown {
  if (typeof value === 'string') return escapeText(value)
  if (Array.isArray(value)) return value.map(escapeUnknown)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [escapeText(key), escapeUnknown(inner)]),
  )
}

/** JSON text with unprintable characters escaped; it still parses to the same value. */
export function escapeJson(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === '\n') return character
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}
