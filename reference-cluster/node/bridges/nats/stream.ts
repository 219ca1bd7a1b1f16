import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { MESSAGES_KEPT } from '../history.js'
import { natsSubjects } from '../topics.js'
import type { NatsLink } from './link.js'

/** Name of the one stream, which all channels are kept in. */
export const STREAM = 'wsbench'

/** How long JetStream's API may take. */
export const API_DEADLINE_MS = 5_000

/**
 * Messages are kept by channel. A publish reaches the nodes only by `republish`: after it is stored, in the order of its
 * sequence, which comes with it.
 */
const config = {
  name: STREAM,
  subjects: [natsSubjects.allPublished],
  max_msgs_per_subject: MESSAGES_KEPT,
  allow_direct: true,
  republish: { src: natsSubjects.allPublished, dest: natsSubjects.allFanout },
}

export interface KeptStream {
  readonly manager: JetStreamManager
  /** When it was created, to the nanosecond: another stream of that name has another. */
  readonly epoch: string
}

/** Sees to it that the stream is there whenever the link is up. Returns what there is, null before that. */
export function keepStream(link: NatsLink): () => KeptStream | null {
  let kept: KeptStream | null = null
  link.prepare(async (connection: NatsConnection) => {
    kept = null
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: API_DEADLINE_MS })
    const { created } = await manager.streams.add(config)
    kept = { manager, epoch: created }
  })
  return () => (link.connection === null ? null : kept)
}
