import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream'
import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from '@nats-io/transport-node'
import { payloadOf, withOffset } from './message.js'
import type { NatsSession } from './session.js'
import { STREAM, type StreamKeeper, sequencesOf } from './stream.js'

/** How long the server keeps a consumer without a subscriber. Its reader has a new one by then. */
const INACTIVE_MS = 5_000

/**
 * Reads the stream in sequence, starting at its end. Each connection has a consumer of its own, which continues after the
 * last message read: messages stored during an outage are read after it.
 */
export class StreamReader {
  readonly #keeper: StreamKeeper
  readonly #deliver: (message: Buffer) => void
  #subscription: Subscription | null = null
  #epoch = ''
  #read = 0
  #pushed = 0
  #waiting: { readonly sequence: number; readonly resolve: () => void }[] = []

  constructor(session: NatsSession, keeper: StreamKeeper, deliver: (message: Buffer) => void) {
    this.#keeper = keeper
    this.#deliver = deliver
    session.prepare((connection) => this.#consume(connection))
  }

  /** Resolves once all messages that are in the stream now have been read. */
  async caughtUp(): Promise<void> {
    const { state } = await this.#keeper.preparedStream.manager.streams.info(STREAM)
    if (this.#read >= state.last_seq) return
    await new Promise<void>((resolve) => this.#waiting.push({ sequence: state.last_seq, resolve }))
  }

  async #consume(connection: NatsConnection): Promise<void> {
    this.#subscription?.unsubscribe()
    const { manager } = this.#keeper.preparedStream
    this.#findStart()
    const inbox = createInbox()
    this.#subscription = connection.subscribe(inbox, { callback: (_error, message) => this.#take(message) })
    await manager.consumers.add(STREAM, {
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#read + 1,
      ack_policy: AckPolicy.None,
      mem_storage: true,
      inactive_threshold: nanos(INACTIVE_MS),
    })
  }

  #findStart(): void {
    const { epoch, lastSequence } = this.#keeper.preparedStream
    if (this.#epoch === '') this.#read = lastSequence
    else if (this.#epoch !== epoch) this.#read = 0
    this.#epoch = epoch
    this.#pushed = 0
  }

  /**
   * A consumer of an earlier connection may still push messages, after a gap. They are ignored, so that the next consumer
   * starts with the missing messages.
   */
  #take(message: Msg): void {
    const { stream, pushed } = sequencesOf(message.reply)
    if (pushed !== this.#pushed + 1) return
    this.#pushed = pushed
    this.#read = stream
    this.#deliver(withOffset(payloadOf(message), stream))
    if (this.#waiting.length > 0) this.#wake(stream)
  }

  #wake(read: number): void {
    for (const { sequence, resolve } of this.#waiting) if (sequence <= read) resolve()
    this.#waiting = this.#waiting.filter(({ sequence }) => sequence > read)
  }
}
