import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream'
import { createInbox, type Msg, type NatsConnection, nanos } from '@nats-io/transport-node'
import { within } from '../../within.js'
import { type History, MESSAGES_KEPT, type Position } from '../history.js'
import { natsSubjects } from '../topics.js'
import { payloadOf, withOffset } from './message.js'
import type { NatsSession } from './session.js'
import { API_DEADLINE_MS, type KeptStream, STREAM, type StreamKeeper, sequencesOf } from './stream.js'

/**
 * The stream's sequence number is the offset. It rises in every channel, with gaps, so the server is asked whether the
 * messages are complete (docs/decisions/0008-jetstream-offsets-are-stream-sequences.md).
 */
export class JetStreamHistory implements History {
  readonly isLiveContinuous = true
  readonly #session: NatsSession
  readonly #keeper: StreamKeeper

  constructor(session: NatsSession, keeper: StreamKeeper) {
    this.#session = session
    this.#keeper = keeper
  }

  async position(channel: number): Promise<Position | null> {
    const { stream } = this.#keeper
    if (!stream) return null
    const query = { last_by_subj: natsSubjects.published(channel) }
    try {
      const newest = await stream.manager.direct.getMessage(STREAM, query)
      return { offset: newest?.seq ?? 0, epoch: stream.epoch }
    } catch {
      return null
    }
  }

  async after(channel: number, position: Position): Promise<readonly Buffer[] | null> {
    const { stream } = this.#keeper
    const { connection } = this.#session
    if (!stream || !connection || stream.epoch !== position.epoch) return null
    const subject = natsSubjects.published(channel)
    try {
      const messages = await within(API_DEADLINE_MS, readFrom(connection, stream, subject, position.offset))
      // Asked after reading: what is kept now was also kept then.
      return messages && (await isComplete(stream, subject, position)) ? messages : null
    } catch {
      return null
    }
  }
}

/** Whether no message of the subject after `position` has been dropped, and the stream is still the same. */
async function isComplete({ manager }: KeptStream, subject: string, position: Position): Promise<boolean> {
  const { created, state } = await manager.streams.info(STREAM, { subjects_filter: subject })
  if (created !== position.epoch || state.last_seq < position.offset) return false
  // The oldest message is dropped only above the limit; below it, none ever was.
  if ((state.subjects?.[subject] ?? 0) < MESSAGES_KEPT) return true
  const oldest = await manager.direct.getMessage(STREAM, { seq: 1, next_by_subj: subject })
  return oldest !== null && oldest.seq <= position.offset
}

/** All messages of `subject` after `offset` in the stream, through a temporary consumer. */
async function readFrom(
  connection: NatsConnection,
  { manager }: KeptStream,
  subject: string,
  offset: number,
): Promise<Buffer[]> {
  const collector = new Collector()
  const inbox = createInbox()
  const subscription = connection.subscribe(inbox, { callback: (_error, message) => collector.take(message) })
  try {
    const { name, num_pending } = await manager.consumers.add(STREAM, {
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: offset + 1,
      filter_subject: subject,
      ack_policy: AckPolicy.None,
      mem_storage: true,
      inactive_threshold: nanos(API_DEADLINE_MS),
    })
    const messages = await collector.collected(num_pending)
    // If that fails, the server deletes the consumer after its inactive_threshold.
    manager.consumers.delete(STREAM, name).catch(() => {})
    return messages
  } finally {
    subscription.unsubscribe()
  }
}

/** Collects messages, which may arrive before their number is known. */
class Collector {
  readonly #messages: Buffer[] = []
  #expected = Number.POSITIVE_INFINITY
  #resolve: (messages: Buffer[]) => void = () => {}

  take(message: Msg): void {
    this.#messages.push(withOffset(payloadOf(message), sequencesOf(message.reply).stream))
    this.#check()
  }

  collected(count: number): Promise<Buffer[]> {
    this.#expected = count
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#check()
    })
  }

  #check(): void {
    if (this.#messages.length >= this.#expected) this.#resolve(this.#messages)
  }
}
