import { writeFiller } from '../protocols/filler.js'
import { at, HEADER_BYTES, seal } from '../protocols/reference.js'

/** A channel that the subscriber is not subscribed to, and a publisher of that channel. */
export interface Elsewhere {
  readonly channel: number
  readonly publisher: number
}

type Alteration = (frame: Buffer, elsewhere: Elsewhere) => Buffer

/** Ways to make a copy that no subscriber should get from one that this subscriber should get. */
export const alterations: readonly Alteration[] = [
  (frame) => altered(frame, at.run, (frame.readUInt32LE(at.run) ^ 1) >>> 0),
  (frame) => altered(frame, at.sequence, frame.readUInt32LE(at.sequence) + 1),
  (frame, { channel, publisher }) => renamed(frame, { channel, publisher }),
  (frame, { channel }) => renamed(frame, { channel }),
  (frame, { publisher }) => renamed(frame, { publisher }),
  (frame) => renamed(frame, { sequence: 0 }),
]

/** A copy of a message that was never published, with `sentMicros` as its send time. */
export function unpublishedCopy(frame: Buffer, sequence: number, sentMicros: number): Buffer {
  const copy = renamed(frame, { sequence })
  copy.writeDoubleLE(sentMicros, at.sent)
  return copy
}

interface Name {
  readonly publisher: number
  readonly channel: number
  readonly sequence: number
}

/** A copy that has another name, and the seal and the body that go with it. */
function renamed(frame: Buffer, changes: Partial<Name>): Buffer {
  const name: Name = {
    publisher: frame.readUInt32LE(at.publisher),
    channel: frame.readUInt32LE(at.channel),
    sequence: frame.readUInt32LE(at.sequence),
  }
  const { publisher, channel, sequence } = { ...name, ...changes }
  const run = seal(frame.readUInt32LE(at.run), name.publisher, name.channel, name.sequence)
  const sealedRun = seal(run, publisher, channel, sequence)
  const copy = Buffer.from(frame)
  copy.writeUInt32LE(sealedRun, at.run)
  copy.writeUInt32LE(publisher, at.publisher)
  copy.writeUInt32LE(channel, at.channel)
  copy.writeUInt32LE(sequence, at.sequence)
  writeFiller(copy, HEADER_BYTES, sealedRun)
  return copy
}

function altered(frame: Buffer, offset: number, value: number): Buffer {
  const copy = Buffer.from(frame)
  copy.writeUInt32LE(value, offset)
  return copy
}
