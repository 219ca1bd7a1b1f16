import type { Bridge, BridgeListener, PublishOutcome } from './bridge.js'

/** No broker: what is published here is delivered here. */
export class NoBridge implements Bridge {
  #listener: BridgeListener | null = null

  get isReady(): boolean {
    return this.#listener !== null
  }

  async start(listener: BridgeListener): Promise<void> {
    this.#listener = listener
    listener.ready()
  }

  async publish(message: Buffer): Promise<PublishOutcome> {
    if (!this.#listener) return 'refused'
    this.#listener.message(message)
    return 'accepted'
  }

  async stop(): Promise<void> {
    this.#listener = null
  }
}
