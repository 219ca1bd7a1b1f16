import type { Socket } from 'node:net'
import { AFFINITY_COOKIE, CLIENT_ID_PARAMETER } from '../../src/protocols/reference.js'
import type { ClientTraits } from './pick.js'
import type { Member, Pool } from './pool.js'
import {
  cookieOf,
  forwardedHead,
  HeadReader,
  parameterOf,
  parseRequestHead,
  type RequestHead,
} from './request-head.js'
import { connectUpstream } from './upstream.js'

const HEAD_TIMEOUT_MS = 10_000
/** How long a client may take to read the last bytes sent to it. */
const LINGER_MS = 10_000

/**
 * One client connection: reads the request's head, finds a node that accepts it, then copies bytes until either side ends.
 * Until a node has answered, another one can be tried, since the client's bytes are still in `#opening`.
 */
export class Session {
  readonly #client: Socket
  readonly #pool: Pool
  readonly #tried = new Set<Member>()
  readonly #requestReader = new HeadReader()
  #headTimer: NodeJS.Timeout | undefined
  #traits: ClientTraits = { address: '', cookie: null, id: null }
  /** The first bytes to send to a node; null once it is too late to try another node. */
  #opening: Buffer | null = null
  #upstream: Socket | null = null
  /** Set while a Set-Cookie header has to be added to the response's head. */
  #responseReader: HeadReader | null = null

  constructor(client: Socket, pool: Pool) {
    this.#client = client
    this.#pool = pool
  }

  start(): void {
    const client = this.#client
    this.#traits = { ...this.#traits, address: client.remoteAddress ?? '' }
    this.#headTimer = setTimeout(() => client.destroy(), HEAD_TIMEOUT_MS)
    client.on('data', (chunk) => this.#fromClient(chunk))
    client.on('drain', () => this.#upstream?.resume())
    // 'close' follows.
    client.on('error', () => {})
    client.on('close', () => this.#clientGone())
  }

  #fromClient(chunk: Buffer): void {
    if (this.#headTimer) this.#readHead(chunk)
    else if (this.#upstream?.connecting && this.#opening) {
      this.#opening = Buffer.concat([this.#opening, chunk])
      this.#client.pause()
    } else this.#toUpstream(chunk)
  }

  #readHead(chunk: Buffer): void {
    const read = this.#requestReader.push(chunk)
    if (read === null) return
    clearTimeout(this.#headTimer)
    this.#headTimer = undefined
    const head = read === 'too-large' ? null : parseRequestHead(read.head)
    if (read === 'too-large') this.#refuse('431 Request Header Fields Too Large')
    else if (!head) this.#refuse('400 Bad Request')
    else this.#forward(head, read.rest)
  }

  #forward(head: RequestHead, rest: Buffer): void {
    const { address } = this.#traits
    const cookie = this.#pool.hasCookie ? cookieOf(head, AFFINITY_COOKIE) : null
    this.#traits = { address, cookie, id: parameterOf(head, CLIENT_ID_PARAMETER) }
    this.#opening = Buffer.concat([forwardedHead(head, address), rest])
    this.#tryNext()
  }

  #tryNext(): void {
    const member = this.#pool.choose(this.#traits, this.#tried)
    if (member) this.#try(member)
    else this.#refuse('502 Bad Gateway')
  }

  #try(member: Member): void {
    this.#tried.add(member)
    this.#responseReader = this.#pool.hasCookie && member.id !== this.#traits.cookie ? new HeadReader() : null
    const upstream = connectUpstream(member, (bytes) => this.#fromUpstream(member, bytes))
    this.#upstream = upstream
    member.open += 1
    upstream.on('connect', () => {
      if (this.#opening) upstream.write(this.#opening)
      this.#client.resume()
    })
    upstream.on('drain', () => this.#client.resume())
    upstream.on('close', () => this.#upstreamGone(member))
  }

  #toUpstream(chunk: Buffer): void {
    this.#opening = null
    if (this.#upstream && !this.#upstream.write(chunk)) this.#client.pause()
  }

  #fromUpstream(member: Member, bytes: Buffer): boolean {
    this.#opening = null
    if (!this.#responseReader) return this.#client.write(bytes)
    const read = this.#responseReader.push(bytes)
    if (read === null) return true
    if (read === 'too-large') {
      this.#client.destroy()
      return false
    }
    this.#responseReader = null
    return this.#client.write(Buffer.concat([withCookie(read.head, member.id), read.rest]))
  }

  #upstreamGone(member: Member): void {
    member.open -= 1
    if (this.#client.destroyed) return
    if (this.#opening) {
      this.#pool.avoid(member)
      this.#tryNext()
    } else {
      this.#client.resume()
      this.#client.destroySoon()
      this.#client.setTimeout(LINGER_MS, () => this.#client.destroy())
    }
  }

  #clientGone(): void {
    clearTimeout(this.#headTimer)
    if (this.#upstream?.connecting) this.#upstream.destroy()
    else this.#upstream?.destroySoon()
  }

  #refuse(status: string): void {
    this.#upstream = null
    this.#client.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    this.#client.setTimeout(LINGER_MS, () => this.#client.destroy())
  }
}

/** The response head with a Set-Cookie header for the affinity cookie, a session cookie. */
function withCookie(head: Buffer, value: string): Buffer {
  const line = `Set-Cookie: ${AFFINITY_COOKIE}=${value}; Path=/; HttpOnly\r\n`
  return Buffer.concat([head.subarray(0, head.length - 2), Buffer.from(line, 'latin1'), Buffer.from('\r\n')])
}
