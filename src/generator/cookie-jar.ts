/**
 * A client's cookies, kept for the whole run. The only attribute of Set-Cookie that counts is an expiry in the past, because a
 * client talks to one origin.
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  store(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [pair = '', ...attributes] = line.split(';')
      const equals = pair.indexOf('=')
      if (equals <= 0) continue
      const name = pair.slice(0, equals).trim()
      if (attributes.some(isExpired)) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(equals + 1).trim())
    }
  }

  get(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  /** Value of the Cookie header; undefined if there are no cookies. */
  get header(): string | undefined {
    if (this.#cookies.size === 0) return undefined
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

function isExpired(attribute: string): boolean {
  const [key = '', value = ''] = attribute.split('=').map((part) => part.trim().toLowerCase())
  if (key === 'max-age') return Number(value) <= 0
  return key === 'expires' && Date.parse(value) < Date.now()
}
