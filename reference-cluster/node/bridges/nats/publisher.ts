import { FANOUT_TOPIC } from '../../../../src/protocols/reference.js'
import type { BrokerPublisher, PublishOutcome } from '../publisher.js'
import type { NatsSession } from './session.js'

type Settle = (outcome: PublishOutcome) => void

/**
 * Publishing to core NATS. The server does not answer a PUB, but it answers a PING once it has processed everything before
 * it. One PING is in flight at a time; its PONG confirms all publishes that were written before it.
 */
export class NatsPublisher implements BrokerPublisher {
  readonly #session: NatsSession
  /** Written, with no PING after them yet. */
  #written: Settle[] = []
  /** To be confirmed by the PING in flight. */
  #pinged: Settle[] = []

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
      // Larger than the server's max_payload.
      return 'refused'
    }
    return new Promise((resolve) => {
      this.#written.push(resolve)
      // Deferred, so that publishes made in the same turn share one PING.
      if (this.#pinged.length === 0 && this.#written.length === 1) queueMicrotask(() => this.#ping())
    })
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  async #ping(): Promise<void> {
    const { connection } = this.#session
    if (!connection || this.#pinged.length > 0 || this.#written.length === 0) return
    const pinged = this.#written
    this.#pinged = pinged
    this.#written = []
    try {
      await connection.flush()
      this.#pinged = []
      for (const settle of pinged) settle('accepted')
      void this.#ping()
    } catch {
      // The connection was lost: going down settles them.
    }
  }

  #settleAll(outcome: PublishOutcome): void {
    for (const settle of [...this.#pinged.splice(0), ...this.#written.splice(0)]) settle(outcome)
  }
}
