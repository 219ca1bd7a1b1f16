import { within } from '../../within.js'
import type { Bridge, BridgeListener } from '../bridge.js'
import type { History } from '../history.js'
import type { BrokerPublisher, PublishOutcome } from '../publisher.js'
import { ReadinessWatch } from '../readiness-watch.js'
import type { NatsSession } from './session.js'

const ANSWER_DEADLINE_MS = 2_000

export interface NatsBridgeParts {
  readonly session: NatsSession
  /** Uses `session`. */
  readonly publisher: BrokerPublisher
  /**
   * Prepares `session` so that, while it is up, messages published on any node go to `deliver`. The returned function
   * resolves once all messages that the server had before the call have arrived.
   */
  readonly subscribe: (deliver: (message: Buffer) => void) => () => Promise<unknown>
  readonly history: History | null
}

/** A bridge over one connection to NATS. */
export class NatsBridge implements Bridge {
  readonly history: History | null
  readonly #parts: NatsBridgeParts
  #watch: ReadinessWatch | null = null
  #delivered: () => Promise<unknown> = async () => {}

  constructor(parts: NatsBridgeParts) {
    this.#parts = parts
    this.history = parts.history
  }

  get isReady(): boolean {
    return this.#parts.publisher.isOpen
  }

  start(listener: BridgeListener): Promise<void> {
    const { session, publisher, subscribe } = this.#parts
    const watch = new ReadinessWatch(listener, () => this.isReady)
    this.#watch = watch
    this.#delivered = subscribe((message) => listener.message(message))
    publisher.open(() => watch.check(session.lastError))
    return watch.firstReady
  }

  async follow(): Promise<void> {}

  unfollow(): void {}

  async caughtUp(): Promise<void> {
    await within(ANSWER_DEADLINE_MS, this.#delivered())
  }

  publish(message: Buffer): Promise<PublishOutcome> {
    return this.#parts.publisher.publish(message)
  }

  async stop(): Promise<void> {
    this.#watch?.stop()
    await this.#parts.publisher.close()
  }
}
