import { HEADER_BYTES } from '../protocols/reference.js'

/** `where`: uniform in [0, 1), the place of the damage. */
type Damage = (frame: Buffer, where: number) => Buffer

/** Ways to change the body of a copy whose header stays as it is. */
const damages: readonly Damage[] = [
  (frame, where) => {
    const copy = Buffer.from(frame)
    copy[placeIn(frame, where)]! ^= 1
    return copy
  },
  (frame, where) => frame.subarray(0, placeIn(frame, where)),
  (frame, where) => Buffer.concat([frame, frame.subarray(placeIn(frame, where))]),
]

/** A copy with another body. `drawn`: uniform in [0, 1). */
export function withChangedBody(frame: Buffer, drawn: number): Buffer {
  const scaled = drawn * damages.length
  return damages[Math.floor(scaled)]!(frame, scaled % 1)
}

/** The beginning of a copy, at least its first byte, without a whole header. */
export function cutInHeader(frame: Buffer, drawn: number): Buffer {
  return frame.subarray(0, 1 + Math.floor(drawn * (HEADER_BYTES - 1)))
}

/** Of a byte of the body. */
function placeIn(frame: Buffer, where: number): number {
  return HEADER_BYTES + Math.floor(where * (frame.length - HEADER_BYTES))
}
