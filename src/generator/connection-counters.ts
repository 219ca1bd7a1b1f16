/** Counters of the connections of a worker: whole-run totals, and what a tick takes and resets. */
export class Traffic {
  attempted = 0
  opened = 0
  reconnects = 0
  readonly failed: Record<string, number> = {}
  readonly closeCodes: Record<string, number> = {}
  /** Subscribed now, by node index. */
  readonly subscribedByNode: number[] = []
  /** Messages, copies included, by node index. */
  readonly receivedByNode: number[] = []
  #failed = 0
  #connects = 0
  #disconnects = 0
  #failures: Record<string, number> = {}
  #receivedBefore: readonly number[] = []

  joined(node: number): void {
    this.#connects += 1
    this.subscribedByNode[node] = (this.subscribedByNode[node] ?? 0) + 1
  }

  received(node: number): void {
    this.receivedByNode[node] = (this.receivedByNode[node] ?? 0) + 1
  }

  left(node: number): void {
    this.#disconnects += 1
    this.subscribedByNode[node] = (this.subscribedByNode[node] ?? 0) - 1
  }

  reconnected(): void {
    this.reconnects += 1
  }

  closed(code: number): void {
    this.closeCodes[code] = (this.closeCodes[code] ?? 0) + 1
  }

  /** Handshakes under way. */
  get inFlight(): number {
    return this.attempted - this.opened - this.#failed
  }

  failedToConnect(kind: string): void {
    this.#failed += 1
    this.#count(kind)
  }

  /** The handshake, which counts as opened, was not followed by a subscription. */
  failedToSubscribe(): void {
    this.#count('not-ready')
  }

  #count(kind: string): void {
    this.failed[kind] = (this.failed[kind] ?? 0) + 1
    this.#failures[kind] = (this.#failures[kind] ?? 0) + 1
  }

  /** Counts since the last call. */
  take(): Taken {
    const taken = {
      connects: this.#connects,
      disconnects: this.#disconnects,
      failures: this.#failures,
      receivedByNode: Array.from(
        this.receivedByNode,
        (count, node) => (count ?? 0) - (this.#receivedBefore[node] ?? 0),
      ),
    }
    this.#connects = 0
    this.#disconnects = 0
    this.#failures = {}
    this.#receivedBefore = [...this.receivedByNode]
    return taken
  }
}

/** Counts of the time between two calls; messages by node index. */
export interface Taken {
  readonly connects: number
  readonly disconnects: number
  readonly failures: Record<string, number>
  readonly receivedByNode: readonly number[]
}
