/** Longest request or response head that is read. */
export const MAX_HEAD_BYTES = 16_384

const END = Buffer.from('\r\n\r\n')

/** Separates the head (request or status line, headers, empty line) from the bytes after it. */
export class HeadReader {
  #bytes: Buffer = Buffer.alloc(0)

  /** null: the head is not complete. Not to be called again once it has returned a head or `too-large`. */
  push(chunk: Buffer): { readonly head: Buffer; readonly rest: Buffer } | 'too-large' | null {
    // The end marker may be split between chunks, so the last three bytes are searched again.
    const from = Math.max(0, this.#bytes.length - 3)
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    const found = this.#bytes.indexOf(END, from)
    const length = found < 0 ? this.#bytes.length : found + END.length
    if (length > MAX_HEAD_BYTES) return 'too-large'
    return found < 0 ? null : { head: this.#bytes.subarray(0, length), rest: this.#bytes.subarray(length) }
  }
}

/** The parts of an HTTP/1 request's head that a balancer needs. */
export interface RequestHead {
  readonly requestLine: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** It asks for another protocol; its connection then becomes a tunnel. */
  readonly isUpgrade: boolean
}

/** Headers that the balancer sets itself. */
const hopHeaders = new Set(['connection', 'keep-alive'])

/** null: not an HTTP/1 request. */
export function parseRequestHead(head: Buffer): RequestHead | null {
  const [requestLine = '', ...lines] = head.toString('latin1').trimEnd().split('\r\n')
  if (!/^[A-Z]+ \S+ HTTP\/1\.[01]$/.test(requestLine)) return null
  const headers = lines.map(parseHeader)
  if (!headers.every((header) => header !== null)) return null
  return { requestLine, headers, isUpgrade: headers.some(([name]) => isNamed(name, 'upgrade')) }
}

/**
 * The head that is sent to the node: the client's address is appended to X-Forwarded-For. Without an upgrade it has
 * `Connection: close`, because a connection carries one request.
 */
export function forwardedHead(head: RequestHead, clientAddress: string): Buffer {
  const hops = [...valuesOf(head, 'x-forwarded-for'), clientAddress].join(', ')
  const kept = head.headers.filter(([name]) => {
    return !isNamed(name, 'x-forwarded-for') && (head.isUpgrade || !hopHeaders.has(name.toLowerCase()))
  })
  const added = [['X-Forwarded-For', hops], ...(head.isUpgrade ? [] : [['Connection', 'close']])]
  const lines = [...kept, ...added].map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${head.requestLine}\r\n${lines.join('')}\r\n`, 'latin1')
}

/** Value of the request's cookie `name`; null when it has none. */
export function cookieOf(head: RequestHead, name: string): string | null {
  for (const pair of valuesOf(head, 'cookie').join(';').split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return null
}

/** Value of the query parameter `name`; null when the URL has none. */
export function parameterOf({ requestLine }: RequestHead, name: string): string | null {
  const target = requestLine.split(' ')[1] ?? ''
  const query = target.indexOf('?')
  return query < 0 ? null : new URLSearchParams(target.slice(query)).get(name)
}

function parseHeader(line: string): readonly [string, string] | null {
  const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/.exec(line)
  return found ? [found[1] ?? '', (found[2] ?? '').trimEnd()] : null
}

function valuesOf(head: RequestHead, wanted: string): string[] {
  return head.headers.filter(([name]) => isNamed(name, wanted)).map(([, value]) => value)
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted
}
