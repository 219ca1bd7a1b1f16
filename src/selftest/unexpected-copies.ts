import { at, HEADER_BYTES } from '../protocols/reference.js'

/** Where in the plan a subscriber is not. */
export interface Elsewhere {
  readonly channel: number
  readonly publisher: number
}

type Forgery = (frame: Buffer, elsewhere: Elsewhere) => Buffer

/** Copies that nobody may get, made of a message that the subscriber may. */
export const forgeries: readonly Forgery[] = [
  (frame) => altered(frame, at.run, (frame.readUInt32LE(at.run) ^ 1) >>> 0),
  (frame, { channel, publisher }) => altered(altered(frame, at.channel, channel), at.publisher, publisher),
  (frame, { channel }) => altered(frame, at.channel, channel),
  (frame, { publisher }) => altered(frame, at.publisher, publisher),
  (frame) => altered(frame, at.sequence, 0),
  (frame) => frame.subarray(0, HEADER_BYTES - 1),
]

/** A copy of a message that no publisher sent, as if it had been sent at `sentMicros`. */
export function phantom(frame: Buffer, sequence: number, sentMicros: number): Buffer {
  const forged = altered(frame, at.sequence, sequence)
  forged.writeDoubleLE(sentMicros, at.sent)
  return forged
}

function altered(frame: Buffer, offset: number, value: number): Buffer {
  const forged = Buffer.from(frame)
  forged.writeUInt32LE(value, offset)
  return forged
}
