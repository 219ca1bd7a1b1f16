/** Counts what happens to a worker's connections: totals of the run, and what came since the last tick. */
export class ConnectionCounters {
  attempted = 0
  opened = 0
  reconnects = 0
  readonly failed: Record<string, number> = {}
  readonly closeCodes: Record<string, number> = {}
  /** Clients subscribed now, by node index. */
  readonly subscribedByNode: number[] = []
  /** Copies received, by node index. */
  readonly receivedByNode: number[] = []
  #failedHandshakes = 0
  #connects = 0
  #disconnects = 0
  #failures: Record<string, number> = {}
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

  closed(code: number): void {
    this.closeCodes[code] = (this.closeCodes[code] ?? 0) + 1
  }

  /** Handshakes in progress. */
  get inFlight(): number {
    return this.attempted - this.opened - this.#failedHandshakes
  }

  /** `not-ready`: the handshake succeeded and was counted as opened, but no subscription followed. */
  connectFailed(kind: string): void {
    if (kind !== 'not-ready') this.#failedHandshakes += 1
    this.failed[kind] = (this.failed[kind] ?? 0) + 1
    this.#failures[kind] = (this.#failures[kind] ?? 0) + 1
  }

  /** Counts since the last call; copies by node index. */
  take() {
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
