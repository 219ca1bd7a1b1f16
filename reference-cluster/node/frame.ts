/**
 * A binary message in one frame, as a server sends it: unmasked, unfragmented, uncompressed (RFC 6455 §5.2). The payload is
 * copied after a header of 2, 4 or 10 bytes; it is the last `payload.length` bytes of the result.
 */
export function binaryFrame(payload: Buffer): Buffer {
  const start = headerBytes(payload.length)
  const frame = Buffer.allocUnsafe(start + payload.length)
  frame[0] = 0x82
  if (start === 2) frame[1] = payload.length
  else if (start === 4) {
    frame[1] = 126
    frame.writeUInt16BE(payload.length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  payload.copy(frame, start)
  return frame
}

function headerBytes(payloadBytes: number): 2 | 4 | 10 {
  if (payloadBytes < 126) return 2
  return payloadBytes < 65_536 ? 4 : 10
}
