/**
 * The reference protocol, between wsbench's clients and the reference nodes, and between the nodes through the broker.
 *
 * Control messages are JSON in text frames. Messages and acks are binary frames that start with this header (little-endian,
 * 64 bytes), followed by filler (filler.ts) up to the scenario's `size`:
 *
 *     0  u8   kind           1 publish · 2 message · 3 ack
 *     1  u8   status         ack: 0 accepted by the broker, 1 refused · message: 0 live, 1 replayed from history
 *     2  u16  ingress node   index of the node that received the publish (0xffff: straight to the broker)
 *     4  u32  run            the run's number, sealed (see `seal`)
 *     8  u32  publisher      index of the publisher; a publisher writes to one channel, so this is the stream
 *    12  u32  channel        index of the channel
 *    16  u32  sequence       1, 2, 3, … in each stream
 *    20  u16  egress node    index of the node that sent it to the subscriber
 *    22  u16  reserved
 *    24  f64  planned       planned send, µs of CLOCK_MONOTONIC, as the other times
 *    32  f64  sent           actual send
 *    40  f64  ingress        when the ingress node read it
 *    48  f64  egress         when the egress node got it from the broker
 *    56  f64  offset         position in the channel's history; 0 if the bridge keeps none
 *
 * An ack is the first 24 bytes of the header that it answers, with kind and status changed.
 */
export const HEADER_BYTES = 64
export const ACK_BYTES = 24
export const MAX_MESSAGE_BYTES = 1 << 20

export const kinds = { publish: 1, message: 2, ack: 3 } as const
export const ackStatus = { accepted: 0, refused: 1 } as const
export const messageStatus = { live: 0, replayed: 1 } as const
export const NO_NODE = 0xffff

export const at = {
  kind: 0,
  status: 1,
  ingressNode: 2,
  run: 4,
  publisher: 8,
  channel: 12,
  sequence: 16,
  egressNode: 20,
  planned: 24,
  sent: 32,
  ingress: 40,
  egress: 48,
  offset: 56,
} as const

export interface PublishHeader {
  readonly run: number
  readonly publisher: number
  readonly channel: number
  readonly sequence: number
  readonly plannedMicros: number
  readonly sentMicros: number
}

/**
 * A run's number, mixed with the name of a message. So a message of another run, or one whose publisher, channel or sequence
 * was changed on its way, is not taken for a message of this run.
 */
export function seal(run: number, publisher: number, channel: number, sequence: number): number {
  const name =
    Math.imul(sequence, 0x9e3779b1) ^ Math.imul(publisher, 0x85ebca77) ^ Math.imul(channel, 0xc2b2ae3d)
  return (run ^ name) >>> 0
}

/** Of a message that names itself. The other way round as well: the run's number, if `run` is sealed. */
export function sealOf({
  run,
  publisher,
  channel,
  sequence,
}: Omit<PublishHeader, 'plannedMicros' | 'sentMicros'>): number {
  return seal(run, publisher, channel, sequence)
}

/** Writes a publish header at `start` of `target`. */
export function writePublish(target: Buffer, start: number, header: PublishHeader): void {
  target.fill(0, start, start + HEADER_BYTES)
  target[start + at.kind] = kinds.publish
  target.writeUInt16LE(NO_NODE, start + at.ingressNode)
  target.writeUInt32LE(sealOf(header), start + at.run)
  target.writeUInt32LE(header.publisher, start + at.publisher)
  target.writeUInt32LE(header.channel, start + at.channel)
  target.writeUInt32LE(header.sequence, start + at.sequence)
  target.writeUInt16LE(NO_NODE, start + at.egressNode)
  target.writeDoubleLE(header.plannedMicros, start + at.planned)
  target.writeDoubleLE(header.sentMicros, start + at.sent)
}

/** The ack of the publish whose header is at `start` of `publish`. */
export function encodeAck(publish: Buffer, start: number, status: number): Buffer {
  const ack = Buffer.from(publish.subarray(start, start + ACK_BYTES))
  ack[at.kind] = kinds.ack
  ack[at.status] = status
  return ack
}

/**
 * Client → node, text frame. `resume` asks for the client's position, and for the messages missed since the one it names.
 * `unsubscribe` leaves all channels, after the messages that the broker had by then were sent.
 */
export type ClientControl = SubscribeRequest | { readonly op: 'unsubscribe' }

export interface SubscribeRequest {
  readonly op: 'subscribe'
  readonly channels: readonly number[]
  readonly resume?: ResumePoint
}

/** A client's position in the history of its channels: the offset of the last message of each, in the channels' order. */
export interface ResumePoint {
  /** Identifies the store that the offsets refer to; empty: the client has no position yet. */
  readonly epoch: string
  readonly offsets: readonly number[]
}

/**
 * Node → client, text frame. `subscribed`: the node will deliver the next message of each channel. In answer to `resume`,
 * `position` is the client's position now (absent if the broker could not be asked), and `recovered` claims that no message
 * since the client's own position will be missing in any channel; they follow before live messages. `reconnect` advises the
 * client to open a new connection and then to leave this one, which the node will close.
 */
export type NodeControl =
  | {
      readonly op: 'subscribed'
      readonly channels: readonly number[]
      readonly recovered?: boolean
      readonly position?: ResumePoint
    }
  | { readonly op: 'unsubscribed' }
  | { readonly op: 'reconnect' }
  | { readonly op: 'error'; readonly message: string }

/** Header of a node's 101 or refusal, with the node's id (`n1`, `n2`, …). */
export const NODE_HEADER = 'x-wsbench-node'

/** The broker channel (topic, subject) of bridges that use one for all messages. */
export const FANOUT_TOPIC = 'wsbench:fanout'

/** Path of the WebSocket endpoint. */
export const WEBSOCKET_PATH = '/ws/'

/** Query parameter with the client's id, for the balancer: `/ws/?client=c17`. */
export const CLIENT_ID_PARAMETER = 'client'

/** Name of the affinity cookie. */
export const AFFINITY_COOKIE = 'WSROUTE'
