import type { WorkerContext } from './worker-context.js'

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
  /** By client: attempts since it was last subscribed. */
  readonly #attempts: Uint8Array
  readonly #wasSubscribed: Uint8Array
  readonly #offlineMs = new Map<number, number>()
  /** Clients that have been subscribed at least once. */
  everSubscribed = 0

  constructor(
    clients: number,
    readonly context: Pick<WorkerContext, 'plan' | 'random'>,
  ) {
    this.#attempts = new Uint8Array(clients)
    this.#wasSubscribed = new Uint8Array(clients)
  }

  /** The client's next delay is `offlineMs`, whatever its back-off. */
  keepOffline(client: number, offlineMs: number): void {
    this.#offlineMs.set(client, offlineMs)
  }

  /** The delay before the client's next attempt, which counts as one. */
  delayMs(client: number): number {
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
    this.#attempts[client] = 0
    if (this.#wasSubscribed[client] === 1) return true
    this.#wasSubscribed[client] = 1
    this.everSubscribed += 1
    return false
  }
}
