import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { MESSAGES_KEPT } from '../history.js'
import { natsSubjects } from '../topics.js'
import type { NatsSession } from './session.js'

/** Name of the one stream, which all channels are kept in. */
export const STREAM = 'wsbench'

/** How long JetStream's API may take. */
export const API_DEADLINE_MS = 5_000

const config = {
  name: STREAM,
  subjects: [natsSubjects.allPublished],
  max_msgs_per_subject: MESSAGES_KEPT,
  allow_direct: true,
}

export interface KeptStream {
  readonly manager: JetStreamManager
  /** When it was created, to the nanosecond: another stream of that name has another. */
  readonly epoch: string
  /** Of the newest message when the connection was made. */
  readonly lastSequence: number
}

/** Sees to it that the stream is there before its session is up. */
export class StreamKeeper {
  readonly #session: NatsSession
  #kept: KeptStream | null = null

  constructor(session: NatsSession) {
    this.#session = session
    session.prepare((connection) => this.#keep(connection))
  }

  /** null while the session is down. */
  get stream(): KeptStream | null {
    return this.#session.connection === null ? null : this.#kept
  }

  /** For preparations that come after its own. */
  get preparedStream(): KeptStream {
    if (!this.#kept) throw new Error('the stream is not yet there')
    return this.#kept
  }

  async #keep(connection: NatsConnection): Promise<void> {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: API_DEADLINE_MS })
    const { created, state } = await manager.streams.add(config)
    this.#kept = { manager, epoch: created, lastSequence: state.last_seq }
  }
}

/** Where a message that a consumer pushed stands: in the stream, and in what that consumer has pushed, from 1. */
export function sequencesOf(reply: string | undefined): { readonly stream: number; readonly pushed: number } {
  // $JS.ACK.<stream>.<consumer>.<delivery>.<stream sequence>.<consumer sequence>.<time>.<pending>
  const tokens = reply?.split('.') ?? []
  return { stream: Number(tokens[5]), pushed: Number(tokens[6]) }
}
