import { nowMicros } from '../base/clock.js'
import type { WorkerContext } from './worker-context.js'

/** A subscription that lasted so long (or the back-off's cap, if that is less) was a success: the next back-off starts anew. */
const LASTING_MS = 5_000

/**
 * Full-jitter back-off (AWS Architecture Blog, "Exponential Backoff And Jitter"): uniform in
 * [0, min(cap, base · 2^attempt)), ms.
 */
export function backoffMs(
  { baseMs, capMs }: { readonly baseMs: number; readonly capMs: number },
  attempt: number,
  random: () => number,
): number {
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30))
}

/** How long each client waits before it reconnects: by back-off, or as long as a disturbance keeps it offline. */
export class ReconnectBackoff {
  /** By client: attempts since its last subscription that lasted. */
  readonly #attempts: Uint8Array
  /** By client: when its latest subscription began; 0: it was never subscribed. */
  readonly #subscribedMicros: Float64Array
  /** By client: 1 from its subscription until its next attempt. */
  readonly #isSubscribed: Uint8Array
  readonly #hasEverLasted: Uint8Array
  readonly #offlineMs = new Map<number, number>()
  /** Clients that have been subscribed at least once. */
  everSubscribed = 0

  constructor(
    clients: number,
    readonly context: Pick<WorkerContext, 'plan' | 'random'>,
  ) {
    this.#attempts = new Uint8Array(clients)
    this.#subscribedMicros = new Float64Array(clients)
    this.#isSubscribed = new Uint8Array(clients)
    this.#hasEverLasted = new Uint8Array(clients)
  }

  /** Whether a subscription of the client has lasted, or the present one has for longer than the first delay. */
  hasGotIn(client: number): boolean {
    const isIn =
      this.#isSubscribed[client] === 1 && this.#lastedMs(client) >= this.context.plan.clients.reconnect.baseMs
    return this.#hasEverLasted[client] === 1 || isIn
  }

  wasSubscribed(client: number): boolean {
    return this.#subscribedMicros[client] !== 0
  }

  /** The client's next delay is `offlineMs`, whatever its back-off. */
  keepOffline(client: number, offlineMs: number): void {
    this.#offlineMs.set(client, offlineMs)
  }

  /** The delay before the client's next attempt, which counts as one. */
  delayMs(client: number): number {
    if (this.#hasLasted(client)) {
      this.#hasEverLasted[client] = 1
      this.#attempts[client] = 0
    }
    this.#isSubscribed[client] = 0
    const offlineMs = this.#offlineMs.get(client)
    if (offlineMs !== undefined) {
      this.#offlineMs.delete(client)
      return offlineMs
    }
    const attempt = this.#attempts[client]!
    this.#attempts[client] = Math.min(255, attempt + 1)
    return backoffMs(this.context.plan.clients.reconnect, attempt, this.context.random)
  }

  /** The client is subscribed. Returns whether it had been before. */
  subscribed(client: number): boolean {
    const wasSubscribed = this.wasSubscribed(client)
    this.#subscribedMicros[client] = nowMicros()
    this.#isSubscribed[client] = 1
    if (!wasSubscribed) this.everSubscribed += 1
    return wasSubscribed
  }

  #hasLasted(client: number): boolean {
    const { capMs } = this.context.plan.clients.reconnect
    return this.#isSubscribed[client] === 1 && this.#lastedMs(client) >= Math.min(capMs, LASTING_MS)
  }

  /** Since its latest subscription. */
  #lastedMs(client: number): number {
    return (nowMicros() - this.#subscribedMicros[client]!) / 1000
  }
}
