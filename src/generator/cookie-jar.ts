/** Where a handshake goes, as far as cookies depend on it. `path` may have a query. */
export interface CookieOrigin {
  readonly host: string
  readonly path: string
}

interface Cookie {
  readonly name: string
  readonly value: string
  /** Undefined: only the host that set it gets it, and a client of ours has one host. */
  readonly domain: string | undefined
  /** Undefined: a cookie of the scenario, of which nobody knows how the server would have set it. */
  readonly path: string | undefined
  readonly expiresMs: number
}

/**
 * A client's cookies, kept for the whole run as RFC 6265 §5.3 and §5.4 say. `Secure` does not matter: tests often reach, without
 * TLS, a server that its users reach with it.
 */
export class CookieJar {
  /** In order of creation; a cookie that replaces another takes its place. */
  #cookies: Cookie[] = []

  /** Cookies of the scenario, in its order. */
  add(cookies: Iterable<readonly [name: string, value: string]>): void {
    for (const [name, value] of cookies)
      this.#cookies.push({ name, value, domain: undefined, path: undefined, expiresMs: NEVER })
  }

  store(setCookies: readonly string[], origin: CookieOrigin, nowMs = Date.now()): void {
    for (const line of setCookies) {
      const cookie = parseSetCookie(line, origin.path, nowMs)
      if (cookie !== null && isOfDomain(origin.host, cookie.domain)) this.#put(cookie, origin, nowMs)
    }
  }

  get(name: string): string | undefined {
    return this.#cookies.findLast((cookie) => cookie.name === name)?.value
  }

  /** Value of the Cookie header, longer paths first; undefined if no cookie is sent there. */
  headerFor({ path }: CookieOrigin, nowMs = Date.now()): string | undefined {
    if (this.#cookies.length === 0) return undefined
    const sent = this.#cookies
      .filter((cookie) => cookie.expiresMs > nowMs && isOfPath(path, cookie.path))
      .toSorted((one, other) => (other.path ?? '/').length - (one.path ?? '/').length)
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  #put(cookie: Cookie, origin: CookieOrigin, nowMs: number): void {
    const replaces = (stored: Cookie) =>
      stored.name === cookie.name &&
      (stored.path === undefined
        ? isOfPath(origin.path, cookie.path)
        : stored.path === cookie.path && stored.domain === cookie.domain)
    const place = this.#cookies.findIndex(replaces)
    const isAlive = cookie.expiresMs > nowMs
    if (place >= 0) this.#cookies.splice(place, 1, ...(isAlive ? [cookie] : []))
    else if (isAlive) this.#cookies.push(cookie)
  }
}

const NEVER = Number.POSITIVE_INFINITY

/** RFC 6265 §5.2; null if the line has no name. */
function parseSetCookie(line: string, requestPath: string, nowMs: number): Cookie | null {
  const [pair = '', ...attributes] = line.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, Math.max(0, equals)).trim()
  if (name === '') return null
  const given = new Map(attributes.map(attributeOf))
  const domain = given.get('domain')?.replace(/^\./, '').toLowerCase()
  const path = given.get('path')
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    domain: domain === '' ? undefined : domain,
    path: path?.startsWith('/') ? path : defaultPath(requestPath),
    expiresMs: expiryOf(given, nowMs),
  }
}

function attributeOf(attribute: string): [name: string, value: string] {
  const [name = '', ...value] = attribute.split('=')
  return [name.trim().toLowerCase(), value.join('=').trim()]
}

/** Max-Age wins over Expires; one that can't be read is as if it were not there. */
function expiryOf(attributes: ReadonlyMap<string, string>, nowMs: number): number {
  const maxAge = attributes.get('max-age') ?? ''
  if (/^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0 ? 0 : nowMs + Number(maxAge) * 1000
  const expires = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(expires) ? NEVER : expires
}

/** RFC 6265 §5.1.4. */
function defaultPath(requestPath: string): string {
  const path = withoutQuery(requestPath)
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

function isOfPath(requestPath: string, path = '/'): boolean {
  const asked = withoutQuery(requestPath)
  return asked === path || (asked.startsWith(path) && (path.endsWith('/') || asked[path.length] === '/'))
}

/** An IP address matches only itself (RFC 6265 §5.1.3). */
function isOfDomain(host: string, domain: string | undefined): boolean {
  if (domain === undefined || host === domain) return true
  return host.endsWith(`.${domain}`) && !/^[\d.]+$/.test(host)
}

function withoutQuery(path: string): string {
  return path.split('?', 1)[0]!
}
