import type { Msg } from '@nats-io/transport-node'
import { at } from '../../../../src/protocols/reference.js'

/** The payload, without copying it. */
export function payloadOf({ data }: Pick<Msg, 'data'>): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

/** Writes the offset into a message, in place. A shorter payload is not one of our messages and is left as it is. */
export function withOffset(message: Buffer, offset: number): Buffer {
  if (message.length >= at.offset + 8) message.writeDoubleLE(offset, at.offset)
  return message
}
