import { expect, test } from 'vitest'
import { writeFiller } from '../protocols/filler.js'
import { HEADER_BYTES, sealOf, writePublish } from '../protocols/reference.js'
import { PublishFrame } from './publish-frame.js'
import { frameOverhead } from './wire/frame-writer.js'
import { maskInPlace } from './wire/mask.js'

const header = {
  run: 0xfedcba98,
  publisher: 3,
  channel: 70_000,
  sequence: 1,
  plannedMicros: 1.5,
  sentMicros: 2e9,
}

test.each([64, 65, 66, 67, 125, 126, 127, 128, 1_001, 1_088, 1_089, 1_091, 65_535, 65_536, 70_001])(
  'a message of %i bytes equals what writePublish and writeFiller write, with a new mask key each time',
  (sizeBytes) => {
    const frame = new PublishFrame(sizeBytes)
    const keys = [1, 2].map((sequence) => {
      const bytes = Buffer.from(frame.of({ ...header, sequence }))
      const start = frameOverhead(sizeBytes)
      const key = bytes.readInt32LE(start - 4)
      maskInPlace(bytes, start, bytes.length, key)
      const expected = Buffer.alloc(sizeBytes)
      writePublish(expected, 0, { ...header, sequence })
      writeFiller(expected, HEADER_BYTES, sealOf({ ...header, sequence }))
      expect(bytes.subarray(start).equals(expected)).toBe(true)
      expect(announcedLength(bytes)).toBe(sizeBytes)
      return key
    })
    expect(keys[0]).not.toBe(keys[1])
  },
)

/** Of a final, masked binary frame. */
function announcedLength(frame: Buffer): number {
  expect(frame[0]).toBe(0x82)
  expect(frame[1]! & 0x80).toBe(0x80)
  const short = frame[1]! & 0x7f
  if (short < 126) return short
  return short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2))
}
