import { createInbox, type Msg } from '@nats-io/transport-node'
import type { BrokerPublisher, PublishOutcome } from '../publisher.js'
import { channelOf, natsSubjects } from '../topics.js'
import type { NatsLink } from './link.js'

type Settle = (outcome: PublishOutcome) => void

/** Publishing to JetStream: each message has a reply subject of its own, which its PubAck comes to. */
export class JetStreamPublisher implements BrokerPublisher {
  readonly #link: NatsLink
  readonly #inbox = createInbox()
  /** By number of the publish, the last token of its reply subject. */
  readonly #unanswered = new Map<number, Settle>()
  #published = 0

  constructor(link: NatsLink) {
    this.#link = link
    link.prepareOnce((connection) => {
      connection.subscribe(`${this.#inbox}.*`, { callback: (_error, answer) => this.#take(answer) })
    })
  }

  get isOpen(): boolean {
    return this.#link.connection !== null
  }

  open(changed: () => void): void {
    this.#link.open(() => {
      if (!this.isOpen) this.#settleAll('unknown')
      changed()
    })
  }

  async publish(message: Buffer): Promise<PublishOutcome> {
    const { connection } = this.#link
    if (!connection) return 'refused'
    this.#published += 1
    const number = this.#published
    try {
      const reply = `${this.#inbox}.${number}`
      connection.publish(natsSubjects.published(channelOf(message)), message, { reply })
    } catch {
      // Larger than the server takes.
      return 'refused'
    }
    return new Promise((resolve) => this.#unanswered.set(number, resolve))
  }

  close(): Promise<void> {
    return this.#link.close()
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

/** Else it is an error, or nobody was there to answer (503, no payload). */
function isPubAck(answer: Msg): boolean {
  return answer.data.length > 0 && !('error' in answer.json<object>())
}
