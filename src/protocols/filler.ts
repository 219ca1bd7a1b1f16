import { createRandom } from '../base/random.js'

/*
 * What fills a message up to its size is a function of its tag: a slice of one fixed text, which begins at a place that follows
 * from run, publisher, channel and sequence. So a body that was changed on its way is noticed. Only lower-case letters, which JSON,
 * URLs and MQTT leave unchanged, and only four, so that it compresses about as well as a chat does.
 *
 * A longer body is the beginning of the slice, one letter over and over, and the end of the slice: neither the publisher's
 * masking nor the comparison takes longer for it.
 */
const LETTERS = 'abcd'
const SEED = 1
const WORD_BYTES = 4
/** A slice begins at one of so many words. */
const STARTS = 1 << 12
const SLICE_BYTES = 1024
const EDGE_BYTES = SLICE_BYTES / 2
const MIDDLE = 0x61

const text = createText()
/** The text as whole words, for a publisher that masks it, and a word of what stands between the ends of a longer body. */
export const fillerWords = new Int32Array(text.buffer, text.byteOffset, text.length / WORD_BYTES)
export const MIDDLE_WORD = MIDDLE * 0x01010101

/** Where the filler of a message begins in the text; a multiple of four. `sealedRun`: see `seal`. */
export function fillerStart(sealedRun: number): number {
  return (sealedRun >>> 20) * WORD_BYTES
}

/** Where the first part of a filler of that length ends, and the last begins: at a whole word, or at its end. */
export function headEnd(length: number): number {
  return length <= SLICE_BYTES ? length : EDGE_BYTES
}
export function tailStart(length: number): number {
  return length <= SLICE_BYTES ? length : (length - EDGE_BYTES) & -WORD_BYTES
}

/** Fills `target` from `start` to its end. */
export function writeFiller(target: Buffer, start: number, sealedRun: number): void {
  const from = fillerStart(sealedRun)
  const length = target.length - start
  const [head, tail] = [headEnd(length), tailStart(length)]
  text.copy(target, start, from, from + head)
  target.fill(MIDDLE, start + head, start + tail)
  text.copy(target, start + tail, from + head, from + head + length - tail)
}

export function fillerText(length: number, sealedRun: number): string {
  const from = fillerStart(sealedRun)
  const [head, tail] = [headEnd(length), tailStart(length)]
  const first = text.toString('latin1', from, from + head)
  if (tail === length) return first
  const last = text.toString('latin1', from + head, from + head + length - tail)
  return first + String.fromCharCode(MIDDLE).repeat(tail - head) + last
}

/**
 * Whether [start, end) of `bytes` is what a message's filler of that length is; `from`: its fillerStart. Allocates nothing. Of more
 * than 1 KiB only the first and last 512 bytes are compared.
 */
export function isFiller(bytes: Buffer, start: number, end: number, from: number): boolean {
  if (end > bytes.length) return false
  const head = headEnd(end - start)
  const tail = start + tailStart(end - start)
  return isSlice(bytes, start, start + head, from) && (tail === end || isSlice(bytes, tail, end, from + head))
}

function isSlice(bytes: Buffer, start: number, end: number, from: number): boolean {
  return bytes.compare(text, from, from + end - start, start, end) === 0
}

function createText(): Buffer {
  const random = createRandom(SEED)
  const bytes = Buffer.from(new ArrayBuffer(STARTS * WORD_BYTES + SLICE_BYTES + WORD_BYTES))
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = LETTERS.charCodeAt(Math.floor(random() * LETTERS.length))
  return bytes
}
