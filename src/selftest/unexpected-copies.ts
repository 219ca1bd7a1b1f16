import { at } from '../protocols/reference.js'

/** A channel that the subscriber is not subscribed to, and a publisher of that channel. */
export interface Elsewhere {
  readonly channel: number
  readonly publisher: number
}

type Alteration = (frame: Buffer, elsewhere: Elsewhere) => Buffer

/** Ways to make a copy that no subscriber should get from one that this subscriber should get. */
export const alterations: readonly Alteration[] = [
  (frame) => altered(frame, at.run, (frame.readUInt32LE(at.run) ^ 1) >>> 0),
  (frame, { channel, publisher }) => altered(altered(frame, at.channel, channel), at.publisher, publisher),
  (frame, { channel }) => altered(frame, at.channel, channel),
  (frame, { publisher }) => altered(frame, at.publisher, publisher),
  (frame) => altered(frame, at.sequence, 0),
]

/** A copy of a message that was never published, with `sentMicros` as its send time. */
export function unpublishedCopy(frame: Buffer, sequence: number, sentMicros: number): Buffer {
  const copy = altered(frame, at.sequence, sequence)
  copy.writeDoubleLE(sentMicros, at.sent)
  return copy
}

function altered(frame: Buffer, offset: number, value: number): Buffer {
  const copy = Buffer.from(frame)
  copy.writeUInt32LE(value, offset)
  return copy
}
