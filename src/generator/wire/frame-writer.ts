import { maskInPlace, nextMaskKey } from './mask.js'

/** Bytes of header and mask key before a payload of `length` bytes: 6, 8 or 14. */
export function frameOverhead(length: number): number {
  return length < 126 ? 6 : length < 65_536 ? 8 : 14
}

/** A complete masked frame. Strings are encoded as UTF-8. */
export function encodeFrame(opcode: number, payload: string | Uint8Array): Buffer {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  const payloadStart = frameOverhead(length)
  const frame = Buffer.allocUnsafe(payloadStart + length)
  if (typeof payload === 'string') frame.write(payload, payloadStart)
  else frame.set(payload, payloadStart)
  sealFrame(frame, opcode, payloadStart)
  return frame
}

/**
 * Makes a frame of a buffer whose payload starts at `payloadStart`, which must be `frameOverhead(length)`: writes the header
 * and masks the payload in place. Allocates nothing below 128 bytes, and one view above.
 */
export function sealFrame(frame: Buffer, opcode: number, payloadStart: number): void {
  const key = nextMaskKey()
  writeHeader(frame, opcode, frame.length - payloadStart)
  frame.writeInt32LE(key, payloadStart - 4)
  maskInPlace(frame, payloadStart, frame.length, key)
}

/** Writes the header of a final, masked frame, without the key. */
export function writeHeader(frame: Buffer, opcode: number, length: number): void {
  frame[0] = FINAL | opcode
  if (length < 126) {
    frame[1] = MASKED | length
  } else if (length < 65_536) {
    frame[1] = MASKED | 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = MASKED | 127
    frame.writeUIntBE(0, 2, 2)
    frame.writeUIntBE(length, 4, 6)
  }
}

const FINAL = 0x80
const MASKED = 0x80
