import type { BridgeListener } from './bridge.js'

/** Tells a bridge's listener of each change between ready and not, once. */
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

  /** Call when it may have changed. `reason`: why, should it have been lost. */
  check(reason: string): void {
    if (this.#isReady() === this.#wasReady) return
    this.#wasReady = !this.#wasReady
    if (!this.#wasReady) this.#listener?.lost(reason)
    else {
      this.#onFirstReady()
      this.#listener?.ready()
    }
  }

  /** What is lost from now on is left: the listener hears no more of it. */
  stop(): void {
    this.#listener = null
  }
}
