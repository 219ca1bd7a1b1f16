/** The parts of DER (ITU-T X.690) that X.509 needs. Each function returns one encoded value. */
export const der = {
  sequence: (...parts: readonly Buffer[]) => value(0x30, Buffer.concat(parts)),
  set: (...parts: readonly Buffer[]) => value(0x31, Buffer.concat(parts)),
  /** A non-negative integer, most significant byte first. */
  integer: (bytes: Buffer) => value(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([ZERO, bytes]) : bytes),
  true: () => value(0x01, Buffer.from([0xff])),
  bits: (bytes: Buffer, unusedBits = 0) => value(0x03, Buffer.concat([Buffer.from([unusedBits]), bytes])),
  octets: (bytes: Buffer) => value(0x04, bytes),
  text: (text: string) => value(0x0c, Buffer.from(text, 'utf8')),
  /** UTCTime, `260131235959Z`, which RFC 5280 requires until 2049. */
  time: (date: Date) =>
    value(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`)),
  oid: (dotted: string) => value(0x06, oidBytes(dotted.split('.').map(Number))),
  /** A context-specific tag: explicit, or implicit if `isPrimitive`. */
  tagged: (number: number, content: Buffer, isPrimitive = false) =>
    value((isPrimitive ? 0x80 : 0xa0) | number, content),
}

const ZERO = Buffer.from([0])

function value(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content])
}

/** One byte up to 127, otherwise the number of length bytes and these bytes (§8.1.3). */
function length(count: number): Buffer {
  if (count < 0x80) return Buffer.from([count])
  return count < 0x100 ? Buffer.from([0x81, count]) : Buffer.from([0x82, count >> 8, count & 0xff])
}

/** The first two arcs share a byte; the others are base 128, with the top bit set on all but the last byte (§8.19). */
function oidBytes([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  return Buffer.from([first * 40 + second, ...rest.flatMap(base128)])
}

function base128(arc: number): number[] {
  const digits = [arc & 0x7f]
  for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}
