import type { BridgeListener } from './bridge.js'

/** Calls a bridge's listener once for each change of its readiness. */
export class ReadinessWatch {
  /** Resolves when it is ready for the first time. */
  readonly firstReady: Promise<void>
  readonly #isReady: () => boolean
  #listener: BridgeListener | null
  #onFirstReady: () => void = () => {}
  #wasReady = false

  constructor(listener: BridgeListener, isReady: () => boolean) {
    this.#listener = listener
    this.#isReady = isReady
    this.firstReady = new Promise((resolve) => {
      this.#onFirstReady = resolve
    })
  }

  /** Call when readiness may have changed. `reason` says why, if the broker was lost. */
  check(reason: string): void {
    if (this.#isReady() === this.#wasReady) return
    this.#wasReady = !this.#wasReady
    if (!this.#wasReady) this.#listener?.lost(reason)
    else {
      this.#onFirstReady()
      this.#listener?.ready()
    }
  }

  /** The listener is not called any more. */
  stop(): void {
    this.#listener = null
  }
}
