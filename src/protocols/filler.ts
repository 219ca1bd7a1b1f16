import { createRandom } from '../base/random.js'
import { MAX_MESSAGE_BYTES } from './reference.js'

/*
 * What fills a message up to its size is a function of its tag: a slice of one fixed text, which begins at a place that follows
 * from run, publisher, channel and sequence. So a body that was changed on its way is noticed. Only lower-case letters, which JSON,
 * URLs and MQTT leave unchanged, and only four, so that it compresses about as well as a chat does.
 */
const LETTERS = 'abcd'
const SEED = 1
/** The text repeats after so many bytes; a slice may begin at each of its words. */
const PERIOD_BYTES = 1 << 14
const WORD_BYTES = 4

/** Of a longer body only so many bytes at both ends are compared. */
const COMPARED_WHOLE = 1024
const COMPARED_EDGE = COMPARED_WHOLE / 2

const text = createText()
/** The text as whole words, for a publisher that masks it. */
export const fillerWords = new Int32Array(text.buffer, text.byteOffset, text.length / WORD_BYTES)

/** Where the filler of a message begins in the text; a multiple of four. `sealedRun`: see `seal`. */
export function fillerStart(sealedRun: number): number {
  return (sealedRun >>> 20) * WORD_BYTES
}

/** Fills `target` from `start` to its end. */
export function writeFiller(target: Buffer, start: number, sealedRun: number): void {
  const from = fillerStart(sealedRun)
  text.copy(target, start, from, from + target.length - start)
}

export function fillerText(length: number, sealedRun: number): string {
  const from = fillerStart(sealedRun)
  return text.toString('latin1', from, from + length)
}

/** Whether [start, end) of `bytes` is what a message's filler of that length is; `from`: its fillerStart. Allocates nothing. */
export function isFiller(bytes: Buffer, start: number, end: number, from: number): boolean {
  if (end > bytes.length) return false
  if (end - start <= COMPARED_WHOLE) return isEqual(bytes, start, end, from)
  const last = end - COMPARED_EDGE
  return isEqual(bytes, start, start + COMPARED_EDGE, from) && isEqual(bytes, last, end, from + last - start)
}

function isEqual(bytes: Buffer, start: number, end: number, from: number): boolean {
  return bytes.compare(text, from, from + end - start, start, end) === 0
}

function createText(): Buffer {
  const random = createRandom(SEED)
  const bytes = Buffer.from(new ArrayBuffer(PERIOD_BYTES + MAX_MESSAGE_BYTES))
  for (let index = 0; index < PERIOD_BYTES; index += 1)
    bytes[index] = LETTERS.charCodeAt(Math.floor(random() * LETTERS.length))
  for (let index = PERIOD_BYTES; index < bytes.length; index += PERIOD_BYTES)
    bytes.copy(bytes, index, 0, PERIOD_BYTES)
  return bytes
}
