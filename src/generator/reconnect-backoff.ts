import { backoffMs } from './pacer.js'
import type { WorkerContext } from './worker-context.js'

/** When clients that are not subscribed are to connect again: by back-off, or once they were away as long as they were told. */
export class ReconnectBackoff {
  /** Tries since each was subscribed last. */
  readonly #attempts: Uint8Array
  readonly #wasSubscribed: Uint8Array
  readonly #offlineMs = new Map<number, number>()
  #count = 0

  constructor(
    clients: number,
    readonly context: Pick<WorkerContext, 'plan' | 'random'>,
  ) {
    this.#attempts = new Uint8Array(clients)
    this.#wasSubscribed = new Uint8Array(clients)
  }

  /** Clients that have been subscribed at least once. */
  get everSubscribed(): number {
    return this.#count
  }

  /** This long it stays away next, whatever its back-off. */
  keepAway(client: number, offlineMs: number): void {
    this.#offlineMs.set(client, offlineMs)
  }

  /** How long it waits now. */
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

  /** Whether it is back, having been subscribed before. */
  subscribed(client: number): boolean {
    this.#attempts[client] = 0
    if (this.#wasSubscribed[client] === 1) return true
    this.#wasSubscribed[client] = 1
    this.#count += 1
    return false
  }
}
