/** What the heartbeats of a worker's clients act on, by local index. */
export interface Pingable {
  readonly count: number
  /** Sends a ping; false when the client has no open connection. */
  ping(client: number): boolean
  /** Its pong did not come in time. */
  giveUp(client: number): void
}

const CALM = 0
const AWAITED = 1
const PAUSED = 2

/** Turns in a period: pings that go out together wake each process on their way once, not each for itself. */
const TICKS = 100
const SHORTEST_TICK_MS = 50
const LONGEST_TICK_MS = 500

/**
 * Pings each client once every `everyMs`, all of them evenly spread over that time, and gives up on one whose pong has
 * not come `timeoutMs` (at most `everyMs`) later. Costs a byte per client and one timer for all.
 */
export class Heartbeats {
  sent = 0
  answered = 0
  missed = 0
  readonly #states: Uint8Array
  /** Turns taken since the start, `count` of them every `everyMs`. */
  #pinged = 0
  #judged = 0
  #elapsedMs = 0
  #timer: NodeJS.Timeout | undefined
  readonly #tickMs: number

  constructor(
    readonly clients: Pingable,
    readonly policy: { readonly everyMs: number; readonly timeoutMs: number },
  ) {
    this.#states = new Uint8Array(clients.count)
    this.#tickMs = Math.min(LONGEST_TICK_MS, Math.max(SHORTEST_TICK_MS, policy.everyMs / TICKS))
  }

  start(): void {
    let before = performance.now()
    this.#timer = setInterval(() => {
      const now = performance.now()
      this.pass(now - before)
      before = now
    }, this.#tickMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /**
   * `ms` have gone by: whose turn came is pinged, whose time is up is given up. A loop that was held up has not read the
   * pongs that wait for it: more than two ticks at once are not held against the peer.
   */
  pass(ms: number): void {
    this.#elapsedMs += Math.min(ms, 2 * this.#tickMs)
    const judged = this.#turnsAt(this.#elapsedMs - this.policy.timeoutMs)
    for (; this.#judged < judged; this.#judged += 1) this.#judge(this.#judged % this.clients.count)
    const pinged = this.#turnsAt(this.#elapsedMs)
    for (; this.#pinged < pinged; this.#pinged += 1) this.#ping(this.#pinged % this.clients.count)
  }

  pong(client: number): void {
    if (this.#states[client] !== AWAITED) return
    this.#states[client] = CALM
    this.answered += 1
  }

  /** Its connection is another one, or none: nothing is awaited from it. */
  renew(client: number): void {
    this.#states[client] = CALM
  }

  /** It reads nothing, as a stalled program would not: it is neither pinged nor judged until `renew`. */
  pause(client: number): void {
    this.#states[client] = PAUSED
  }

  #turnsAt(elapsedMs: number): number {
    return Math.floor((elapsedMs / this.policy.everyMs) * this.clients.count)
  }

  #ping(client: number): void {
    if (this.#states[client] === PAUSED || !this.clients.ping(client)) return
    this.#states[client] = AWAITED
    this.sent += 1
  }

  #judge(client: number): void {
    if (this.#states[client] !== AWAITED) return
    this.#states[client] = CALM
    this.missed += 1
    this.clients.giveUp(client)
  }
}
