/** Clients that are pinged, by local number. */
export interface Pingable {
  readonly count: number
  /** Sends a ping; false when the client has no open connection. */
  ping(client: number): boolean
  /** Called when the pong did not come in time. */
  disconnect(client: number): void
}

const IDLE = 0
const AWAITED = 1
const PAUSED = 2

/** Ticks in a period. Pings of one tick go out together, and wake each process on their way only once. */
const TICKS = 100
const SHORTEST_TICK_MS = 50
const LONGEST_TICK_MS = 500

/**
 * Pings each client every `everyMs`, evenly spread over that time, and disconnects a client whose pong does not come within
 * `timeoutMs` (at most `everyMs`). Takes one byte per client and one timer.
 */
export class Heartbeats {
  sent = 0
  answered = 0
  missed = 0
  readonly #states: Uint8Array
  /** Pings and deadlines handled since the start: `count` of each every `everyMs`. */
  #pinged = 0
  #checked = 0
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
   * Pings clients that are due and disconnects those past the timeout, after `ms` more. At most two ticks count: a longer time
   * means that this event loop was blocked, with pongs still unread.
   */
  pass(ms: number): void {
    this.#elapsedMs += Math.min(ms, 2 * this.#tickMs)
    const checked = this.#dueAt(this.#elapsedMs - this.policy.timeoutMs)
    for (; this.#checked < checked; this.#checked += 1) this.#check(this.#checked % this.clients.count)
    const pinged = this.#dueAt(this.#elapsedMs)
    for (; this.#pinged < pinged; this.#pinged += 1) this.#ping(this.#pinged % this.clients.count)
  }

  pong(client: number): void {
    if (this.#states[client] !== AWAITED) return
    this.#states[client] = IDLE
    this.answered += 1
  }

  /** The client's connection was replaced or ended: no pong is expected. */
  renew(client: number): void {
    this.#states[client] = IDLE
  }

  /** The client does not read, as a stalled program would not: no pings and no timeout until `renew`. */
  pause(client: number): void {
    this.#states[client] = PAUSED
  }

  #dueAt(elapsedMs: number): number {
    return Math.floor((elapsedMs / this.policy.everyMs) * this.clients.count)
  }

  #ping(client: number): void {
    if (this.#states[client] === PAUSED || !this.clients.ping(client)) return
    this.#states[client] = AWAITED
    this.sent += 1
  }

  #check(client: number): void {
    if (this.#states[client] !== AWAITED) return
    this.#states[client] = IDLE
    this.missed += 1
    this.clients.disconnect(client)
  }
}
