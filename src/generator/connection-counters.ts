import { CountsByName } from '../base/records.js'
import type { ConnectFailure } from '../results/connect-failures.js'
import { Refusals } from './refusals.js'

/** How a connection ended, whether it opened or not. */
export interface Ending {
  /** Null: it did not open. */
  readonly code: number | null
  /** It was subscribed, or a publisher's was ready. */
  readonly wasReady: boolean
  /** Null: it had been ready and ended without an error, or wsbench itself ended it. */
  readonly refusal: { readonly kind: ConnectFailure; readonly words: string } | null
}

/** No refusal's number. */
export const NOT_REFUSED = -1

/** Counts what happens to a worker's connections: totals of the run, and what came since the last tick. */
export class ConnectionCounters {
  attempted = 0
  opened = 0
  reconnects = 0
  readonly failed = new CountsByName()
  readonly closeCodes = new CountsByName()
  readonly refusals = new Refusals()
  /** Clients subscribed now, by node index. */
  readonly subscribedByNode: number[] = []
  /** Copies received, by node index. */
  readonly receivedByNode: number[] = []
  #failedHandshakes = 0
  #connects = 0
  #disconnects = 0
  #failures = new CountsByName()
  #receivedBefore: readonly number[] = []

  subscribed(node: number): void {
    this.#connects += 1
    this.subscribedByNode[node] = (this.subscribedByNode[node] ?? 0) + 1
  }

  received(node: number): void {
    this.receivedByNode[node] = (this.receivedByNode[node] ?? 0) + 1
  }

  disconnected(node: number): void {
    this.#disconnects += 1
    this.subscribedByNode[node] = (this.subscribedByNode[node] ?? 0) - 1
  }

  /** Handshakes in progress. */
  get inFlight(): number {
    return this.attempted - this.opened - this.#failedHandshakes
  }

  /** `who`: `c17`, `p3`. Returns the number of the refusal, or NOT_REFUSED. */
  ended({ code, wasReady, refusal }: Ending, who: string): number {
    if (code === null) this.#failedHandshakes += 1
    else if (refusal?.kind !== 'not-ready') this.closeCodes.add(String(code))
    if (refusal === null) return NOT_REFUSED
    const { kind, words } = refusal
    if (!wasReady) {
      this.failed.add(kind)
      this.#failures.add(kind)
    }
    const opened = wasReady ? 'subscribed' : 'subscribe'
    return this.refusals.add({ stage: code === null ? 'connect' : opened, kind, words, who })
  }

  publishRefused(words: string, who: string): void {
    this.refusals.add({ stage: 'publish', kind: 'rejected', words, who })
  }

  /** Counts since the last call; copies by node index. */
  take() {
    const taken = {
      connects: this.#connects,
      disconnects: this.#disconnects,
      failures: this.#failures.toRecord(),
      receivedByNode: Array.from(
        this.receivedByNode,
        (count, node) => (count ?? 0) - (this.#receivedBefore[node] ?? 0),
      ),
    }
    this.#connects = 0
    this.#disconnects = 0
    this.#failures = new CountsByName()
    this.#receivedBefore = [...this.receivedByNode]
    return taken
  }
}
