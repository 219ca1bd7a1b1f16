/**
 * The reference protocol: what wsbench's clients and the reference nodes say to each other, and what the nodes put
 * on the broker.
 *
 * Control messages are JSON in text frames. Everything counted is a binary frame that opens with this header
 * (little-endian, 64 bytes), followed by filler up to the scenario's `size`:
 *
 *     0  u8   kind           1 publish · 2 message · 3 ack
 *     1  u8   status         ack: 0 accepted by the broker, 1 refused · message: 0 live, 1 replayed from history
 *     2  u16  ingress node   index of the node that took the publish (0xffff: straight to the broker)
 *     4  u32  run            the run's number, sealed (see `seal`)
 *     8  u32  publisher      index of the publisher; a publisher writes to one channel, so this is the stream
 *    12  u32  channel        index of the channel
 *    16  u32  sequence       from 1, without holes, per stream
 *    20  u16  egress node    index of the node that wrote to the subscriber
 *    22  u16  reserved
 *    24  f64  intended       when the publisher meant to send, µs of CLOCK_MONOTONIC
 *    32  f64  sent           when it did
 *    40  f64  ingress        when the ingress node read it
 *    48  f64  egress         when the egress node got it from the broker
 *    56  f64  offset         position in the channel's history, 0 where the bridge keeps none
 *
 * An ack is the 24 first bytes of the header it answers.
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
  intended: 24,
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
  readonly intendedMicros: number
  readonly sentMicros: number
}

/**
 * A run's number, mixed with what names a message: a message of another run, or whose publisher, channel or sequence was
 * changed on its way, is not taken for one of this run. With one of them changed it never matches by chance.
 */
export function seal(run: number, publisher: number, channel: number, sequence: number): number {
  const name =
    Math.imul(sequence, 0x9e3779b1) ^ Math.imul(publisher, 0x85ebca77) ^ Math.imul(channel, 0xc2b2ae3d)
  return (run ^ name) >>> 0
}

export function sealOf({ run, publisher, channel, sequence }: PublishHeader): number {
  return seal(run, publisher, channel, sequence)
}

/** Writes a publish header at `start` of `target`, which must have HEADER_BYTES of room. */
export function writePublish(target: Buffer, start: number, header: PublishHeader): void {
  target.fill(0, start, start + HEADER_BYTES)
  target[start + at.kind] = kinds.publish
  target.writeUInt16LE(NO_NODE, start + at.ingressNode)
  target.writeUInt32LE(sealOf(header), start + at.run)
  target.writeUInt32LE(header.publisher, start + at.publisher)
  target.writeUInt32LE(header.channel, start + at.channel)
  target.writeUInt32LE(header.sequence, start + at.sequence)
  target.writeUInt16LE(NO_NODE, start + at.egressNode)
  target.writeDoubleLE(header.intendedMicros, start + at.intended)
  target.writeDoubleLE(header.sentMicros, start + at.sent)
}

/** The ack of the publish that starts at `start` of `publish`. */
export function encodeAck(publish: Buffer, start: number, status: number): Buffer {
  const ack = Buffer.from(publish.subarray(start, start + ACK_BYTES))
  ack[at.kind] = kinds.ack
  ack[at.status] = status
  return ack
}

/**
 * Client → node, text frame. `resume` asks for positions, and for what the client missed since those it names.
 * `unsubscribe` leaves all channels, once everything that the broker had by then was sent.
 */
export type ClientControl = SubscribeRequest | { readonly op: 'unsubscribe' }

export interface SubscribeRequest {
  readonly op: 'subscribe'
  readonly channels: readonly number[]
  readonly resume?: ResumePoint
}

/** Where a client is in the history of its channels: the offset of the last message of each, in their order. */
export interface ResumePoint {
  /** Names the store that the offsets are of; empty: the client has no position yet. */
  readonly epoch: string
  readonly offsets: readonly number[]
}

/**
 * Node → client, text frame. `subscribed` is sent once the node would deliver the next message of each channel. Answering
 * `resume` it says where the client is now (not where the broker can't be asked), and `recovered` claims that nothing of
 * the gap since the client's own position will be missing, in any channel: what there was follows, before anything live.
 * `reconnect` advises to open a new connection and then to leave this one, which the node will close.
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

/** Response header of a node's 101, or of its refusal, that carries the node's id (`n1`, `n2`, …). */
export const NODE_HEADER = 'x-wsbench-node'

/** The broker channel (topic, subject) that nodes fan out on where the bridge has one for all. */
export const FANOUT_TOPIC = 'wsbench:fanout'

/** Path of the WebSocket endpoint, as in the playbook's nginx example. */
export const WEBSOCKET_PATH = '/ws/'

/** Query parameter by which a client names itself to the balancer: `/ws/?client=c17`. */
export const CLIENT_ID_PARAMETER = 'client'

/** Name of the affinity cookie, as in the playbook. */
export const AFFINITY_COOKIE = 'WSROUTE'
