import type { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import * as ws from 'ws'
import { encodeFrame, frameOverhead, sealFrame } from './frame-writer.js'

const sizes = [
  0, 1, 2, 3, 4, 5, 124, 125, 126, 127, 128, 129, 130, 131, 1000, 65_535, 65_536, 65_537, 200_000,
]

describe('encodeFrame', () => {
  it.each(sizes)('makes a frame of %i bytes that ws can read', (size) => {
    const payload = patterned(size)
    expect(readWithWs(encodeFrame(2, payload))).toBe(`binary ${payload.toString('base64')}`)
  })

  it('sends strings as UTF-8', () => {
    expect(readWithWs(encodeFrame(1, 'größe ✓'))).toBe(`text ${Buffer.from('größe ✓').toString('base64')}`)
  })

  it('masks each frame with a new key', () => {
    const keys = Array.from({ length: 1000 }, () => encodeFrame(2, 'x').readUInt32LE(2))
    expect(new Set(keys).size).toBe(1000)
  })
})

describe('sealFrame', () => {
  it.each(sizes)('makes a frame around a payload of %i bytes, at any alignment in memory', (size) => {
    const payloadStart = frameOverhead(size)
    for (let shift = 0; shift < 4; shift += 1) {
      const frame = Buffer.alloc(shift + payloadStart + size).subarray(shift)
      patterned(size).copy(frame, payloadStart)
      sealFrame(frame, 2, payloadStart)
      expect(readWithWs(frame)).toBe(`binary ${patterned(size).toString('base64')}`)
    }
  })
})

function patterned(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31) & 0xff))
}

/** The message that ws reads from `frame`; its receiver parses synchronously. */
function readWithWs(frame: Buffer): string | undefined {
  const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable }
  let message: string | undefined
  const receiver = new Receiver({ isServer: true })
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    message = `${isBinary ? 'binary' : 'text'} ${data.toString('base64')}`
  })
  receiver.write(Buffer.from(frame))
  return message
}
