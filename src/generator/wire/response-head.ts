/** The head of an HTTP response. Names are lower case; values of a repeated header are joined with `, `. */
export interface ResponseHead {
  readonly version: '1.0' | '1.1'
  readonly status: number
  /** Behind the status, as the server wrote it. */
  readonly reason: string
  readonly headers: ReadonlyMap<string, string>
  /** Values of Set-Cookie, which can't be joined. */
  readonly setCookies: readonly string[]
}

/** A longer head is refused. */
export const MAX_HEAD_BYTES = 65_536

const statusLine = /^HTTP\/(1\.[01]) ([1-5][0-9][0-9])(?: ([\t\x20-\x7e\x80-\xff]*))?$/
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/

/** Parses a head without its final blank line; null if any line is malformed (RFC 9112 §4 and §5, no folding). */
export function parseResponseHead(text: string): ResponseHead | null {
  const lines = text.split('\r\n')
  const [, version, status, reason = ''] = statusLine.exec(lines[0]!) ?? []
  if (status === undefined) return null
  const headers = new Map<string, string>()
  const setCookies: string[] = []
  for (let index = 1; index < lines.length; index += 1) {
    const [, name, value] = headerLine.exec(lines[index]!) ?? []
    if (name === undefined || value === undefined) return null
    addHeader(headers, setCookies, name.toLowerCase(), value.trimEnd())
  }
  return { version: version === '1.0' ? '1.0' : '1.1', status: Number(status), reason, headers, setCookies }
}

function addHeader(headers: Map<string, string>, setCookies: string[], name: string, value: string): void {
  const earlier = headers.get(name)
  if (name === 'set-cookie') setCookies.push(value)
  else headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`)
}
