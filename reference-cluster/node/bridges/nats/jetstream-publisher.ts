import { createInbox, type Msg } from '@nats-io/transport-node'
import type { BrokerPublisher, PublishOutcome } from '../publisher.js'
import { channelOf, natsSubjects } from '../topics.js'
import type { NatsSession } from './session.js'

type Settle = (outcome: PublishOutcome) => void

/** Publishing to JetStream: the PubAck of each message comes on a reply subject of its own. */
export class JetStreamPublisher implements BrokerPublisher {
  readonly #session: NatsSession
  readonly #inbox = createInbox()
  /** By number, which is the last token of the reply subject. */
  readonly #unanswered = new Map<number, Settle>()
  #published = 0

  constructor(session: NatsSession) {
    this.#session = session
    session.prepareOnce((connection) => {
      connection.subscribe(`${this.#inbox}.*`, { callback: (_error, answer) => this.#take(answer) })
    })
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
    this.#published += 1
    const number = this.#published
    try {
      const reply = `${this.#inbox}.${number}`
      connection.publish(natsSubjects.published(channelOf(message)), message, { reply })
    } catch {
      // Larger than the server's max_payload.
      return 'refused'
    }
    return new Promise((resolve) => this.#unanswered.set(number, resolve))
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  #take(answer: Msg): void {
    const number = Number(answer.subject.slice(this.#inbox.length + 1))
    this.#unanswered.get(number)?.(isPubAck(answer) ? 'accepted' : 'refused')
    this.#unanswered.delete(number)
  }

  #settleAll(outcome: PublishOutcome): void {
    for (const settle of this.#unanswered.values()) settle(outcome)
    this.#unanswered.clear()
  }
}

/** Otherwise it is an error, or no stream accepts the subject (503, no payload). */
function isPubAck(answer: Msg): boolean {
  return answer.data.length > 0 && !('error' in answer.json<object>())
}
