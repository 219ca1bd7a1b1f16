import { fillerText } from './filler.js'
import { sealOf } from './reference.js'

/**
 * The tag that marks a message in any protocol but the reference protocol: a token that JSON, URLs and MQTT payloads leave
 * unchanged, found by a byte scan without parsing the message:
 *
 *     wsb1.<run>.<publisher>.<channel>.<sequence>.<planned>.<sent>.
 *
 * All fields are base 36; times are whole µs of CLOCK_MONOTONIC. The run's number is sealed there, as in the reference protocol:
 * a token whose publisher, channel or sequence was changed is read as one of another run.
 */
export interface Tag {
  run: number
  publisher: number
  channel: number
  sequence: number
  plannedMicros: number
  sentMicros: number
}

/** The run of messages that are published before load. No run has this number, so clients know them and leave them out. */
export const PROBE_RUN = 0

const MARK = Buffer.from('wsb1.')
const FIELDS = 6
const DOT = 0x2e

export function encodeTag(tag: Readonly<Tag>): string {
  const fields = [sealOf(tag), tag.publisher, tag.channel, tag.sequence, tag.plannedMicros, tag.sentMicros]
  return `wsb1.${fields.map((field) => Math.round(field).toString(36)).join('.')}.`
}

/** The tag, and filler up to `sizeBytes`; only letters, digits and dots. */
export function encodePayload(tag: Readonly<Tag>, sizeBytes: number): string {
  const token = encodeTag(tag)
  return token + fillerText(Math.max(0, sizeBytes - token.length), sealOf(tag))
}

/** Reads the first tag in `bytes` from `from` into `into`. Returns where it ends, or −1 if there is none. Allocates nothing. */
export function readTag(bytes: Buffer, from: number, into: Tag): number {
  for (let mark = bytes.indexOf(MARK, from); mark >= 0; mark = bytes.indexOf(MARK, mark + 1)) {
    const end = readFields(bytes, mark + MARK.length, into)
    if (end >= 0) return end
  }
  return -1
}

/** Where the tag starts that `readTag` read up to `end`. */
export function startOfTag(bytes: Buffer, end: number): number {
  return bytes.lastIndexOf(MARK, end - 1)
}

/**
 * How many tags begin in `bytes` and can't be read, beside the `read` ones that can. A frame may repeat a payload, shortened: the
 * beginning of another tag is none, and what is the same counts once.
 */
export function countMalformed(bytes: Buffer, read: number): number {
  let marks = 0
  for (let mark = bytes.indexOf(MARK); mark >= 0; mark = bytes.indexOf(MARK, mark + 1)) marks += 1
  return marks === read ? 0 : malformedIn(bytes.toString('latin1')).length
}

function malformedIn(text: string): string[] {
  const tokens = [...new Set(text.match(/wsb1\.[0-9a-z.]*/g))]
  return tokens.filter((token) => {
    if (/^wsb1\.(?:[0-9a-z]{1,11}\.){6}/.test(token)) return false
    // Dots may be the ellipsis of a preview.
    const start = token.replace(/\.+$/, '')
    return !tokens.some((other) => other !== token && other.startsWith(start))
  })
}

function readFields(bytes: Buffer, start: number, into: Tag): number {
  let position = start
  for (let field = 0; field < FIELDS; field += 1) {
    let value = 0
    const first = position
    for (;;) {
      if (position >= bytes.length) return -1
      const byte = bytes[position]!
      position += 1
      if (byte === DOT) break
      const digit = digitOf(byte)
      if (digit < 0) return -1
      value = value * 36 + digit
    }
    if (position - 1 === first || value > Number.MAX_SAFE_INTEGER) return -1
    setField(into, field, value)
  }
  into.run = sealOf(into)
  return position
}

function setField(into: Tag, field: number, value: number): void {
  if (field === 0) into.run = value
  else if (field === 1) into.publisher = value
  else if (field === 2) into.channel = value
  else if (field === 3) into.sequence = value
  else if (field === 4) into.plannedMicros = value
  else into.sentMicros = value
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x57 : -1
}

export function emptyTag(): Tag {
  return { run: 0, publisher: 0, channel: 0, sequence: 0, plannedMicros: 0, sentMicros: 0 }
}
