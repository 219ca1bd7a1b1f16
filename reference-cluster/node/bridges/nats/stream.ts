import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { MESSAGES_KEPT } from '../history.js'
import { natsSubjects } from '../topics.js'
import type { NatsSession } from './session.js'

/** Name of the one stream that keeps all channels. */
export const STREAM = 'wsbench'

/** Deadline for requests to the JetStream API. */
export const API_DEADLINE_MS = 5_000

const config = {
  name: STREAM,
  subjects: [natsSubjects.allPublished],
  max_msgs_per_subject: MESSAGES_KEPT,
  allow_direct: true,
}

export interface KeptStream {
  readonly manager: JetStreamManager
  /** When the stream was created, to the nanosecond. This identifies it, should it be created again. */
  readonly epoch: string
  /** Of the newest message when the connection was established. */
  readonly lastSequence: number
}

/** Creates the stream, if necessary, before the session is up. */
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

  /** For preparations that run after this one. */
  get preparedStream(): KeptStream {
    if (!this.#kept) throw new Error('the stream has not been created yet')
    return this.#kept
  }

  async #keep(connection: NatsConnection): Promise<void> {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: API_DEADLINE_MS })
    const { created, state } = await manager.streams.add(config)
    this.#kept = { manager, epoch: created, lastSequence: state.last_seq }
  }
}

/** Sequence numbers of a pushed message: in the stream, and among those that its consumer has pushed, from 1. */
export function sequencesOf(reply: string | undefined): { readonly stream: number; readonly pushed: number } {
  // $JS.ACK.<stream>.<consumer>.<delivery>.<stream sequence>.<consumer sequence>.<time>.<pending>
  const tokens = reply?.split('.') ?? []
  return { stream: Number(tokens[5]), pushed: Number(tokens[6]) }
}
