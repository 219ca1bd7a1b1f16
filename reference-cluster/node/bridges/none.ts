import type { Bridge, BridgeListener } from './bridge.js'
import type { PublishOutcome } from './publisher.js'

export const createBridge = (): Bridge => new NoBridge()
export const createPublisher = null

/** No broker: a node's messages are delivered to its own clients only. */
class NoBridge implements Bridge {
  readonly history = null
  #listener: BridgeListener | null = null

  get isReady(): boolean {
    return this.#listener !== null
  }

  async start(listener: BridgeListener): Promise<void> {
    this.#listener = listener
    listener.ready()
  }

  async follow(): Promise<void> {}

  unfollow(): void {}

  async caughtUp(): Promise<void> {}

  async publish(message: Buffer): Promise<PublishOutcome> {
    if (!this.#listener) return 'refused'
    this.#listener.message(message)
    return 'accepted'
  }

  async stop(): Promise<void> {
    this.#listener = null
  }
}
