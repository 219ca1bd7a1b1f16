import { FANOUT_TOPIC } from '../../../../src/protocols/reference.js'
import type { BrokerPublisher, PublishOutcome } from '../publisher.js'
import type { NatsSession } from './session.js'

type Settle = (outcome: PublishOutcome) => void

/**
 * Publishing to core NATS, which answers nothing to a PUB: a PING behind it is answered once the server has taken all
 * before it. One PING is on its way at a time, and answers for all that was published until it was sent.
 */
export class NatsPublisher implements BrokerPublisher {
  readonly #session: NatsSession
  /** Written, with no PING behind them yet. */
  #unasked: Settle[] = []
  /** Those that the PING on its way answers for. */
  #asked: Settle[] = []

  constructor(session: NatsSession) {
    this.#session = session
  }

  get isOpen(): boolean {
    return this.#session.connection !== null
  }

  open(changed: () => void): void {
    this.#session.open(() => {
      if (!this.isOpen) this.#settleAll('unknown')
      changed()
    })
  }

  async publish(message: Buffer): Promise<PublishOutcome> {
    const { connection } = this.#session
    if (!connection) return 'refused'
    try {
      connection.publish(FANOUT_TOPIC, message)
    } catch {
      // Larger than the server takes.
      return 'refused'
    }
    return new Promise((resolve) => {
      this.#unasked.push(resolve)
      // A turn later, so that what comes in one go is asked about in one go.
      if (this.#asked.length === 0 && this.#unasked.length === 1) queueMicrotask(() => this.#ask())
    })
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  async #ask(): Promise<void> {
    const { connection } = this.#session
    if (!connection || this.#asked.length > 0 || this.#unasked.length === 0) return
    const asked = this.#unasked
    this.#asked = asked
    this.#unasked = []
    try {
      await connection.flush()
      this.#asked = []
      for (const settle of asked) settle('accepted')
      void this.#ask()
    } catch {
      // The connection broke: going down settles them.
    }
  }

  #settleAll(outcome: PublishOutcome): void {
    for (const settle of [...this.#asked.splice(0), ...this.#unasked.splice(0)]) settle(outcome)
  }
}
