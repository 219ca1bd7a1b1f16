import { toUSVString } from 'node:util'

/**
 * `path` with more query parameters. `extra` does not replace a parameter that the path has, `given` does. All else stays byte for
 * byte, as in a URL that a browser is given.
 */
export function withParameters(
  path: string,
  extra: Readonly<Record<string, string>>,
  given: readonly (readonly [name: string, value: string])[],
): string {
  const [pathname = '', ...query] = path.split('?')
  const pairs = query.join('?').split('&').filter(Boolean)
  const replaced = new Set(given.map(([name]) => name))
  const kept = pairs.filter((pair) => !replaced.has(nameOf(pair)))
  const present = new Set([...pairs.map(nameOf), ...replaced])
  const added = Object.entries(extra).filter(([name]) => !present.has(name))
  const all = [...kept, ...[...added, ...given].map(([name, value]) => `${encoded(name)}=${encoded(value)}`)]
  return all.length === 0 ? pathname : `${pathname}?${all.join('&')}`
}

function nameOf(pair: string): string {
  return new URLSearchParams(pair).keys().next().value ?? ''
}

/** As `encodeURIComponent`, and `'`, which the query of a WebSocket's URL can't have (WHATWG URL, special-query). */
export function encoded(text: string): string {
  return encodeURIComponent(toUSVString(text)).replaceAll("'", '%27')
}
