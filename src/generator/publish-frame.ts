import { fillerStart, fillerWords, headEnd, MIDDLE_WORD, tailStart } from '../protocols/filler.js'
import { at, HEADER_BYTES, kinds, NO_NODE, type PublishHeader, sealOf } from '../protocols/reference.js'
import { frameOverhead, writeHeader } from './wire/frame-writer.js'
import { nextMaskKey } from './wire/mask.js'
import { opcodes } from './wire/opcodes.js'

const WORD_BYTES = 4
const HEADER_WORDS = HEADER_BYTES / WORD_BYTES
/** The mask key comes first. */
const BODY_WORD = 1 + HEADER_WORDS

/**
 * The WebSocket frame of a publisher's messages: header, then filler, masked by whole words. Each message is written to the same
 * memory, without allocation.
 */
export class PublishFrame {
  readonly #bytes: Buffer
  /** The mask key and the payload, padded to a whole word. */
  readonly #masked: Int32Array
  /** Its words from which on the middle and the last part of a longer body follow. */
  readonly #middle: number
  readonly #tail: number
  readonly #plain = new DataView(new ArrayBuffer(HEADER_BYTES))
  readonly #plainWords = new Int32Array(this.#plain.buffer)

  constructor(sizeBytes: number) {
    const payloadStart = frameOverhead(sizeBytes)
    // Padding in front, so that the key and the payload start at whole words.
    const start = -payloadStart & (WORD_BYTES - 1)
    const words = 1 + Math.ceil(sizeBytes / WORD_BYTES)
    const memory = new ArrayBuffer(start + payloadStart + words * WORD_BYTES)
    this.#bytes = Buffer.from(memory, start, payloadStart + sizeBytes)
    this.#masked = new Int32Array(memory, start + payloadStart - WORD_BYTES, words)
    this.#middle = BODY_WORD + Math.ceil(headEnd(sizeBytes - HEADER_BYTES) / WORD_BYTES)
    this.#tail = BODY_WORD + Math.ceil(tailStart(sizeBytes - HEADER_BYTES) / WORD_BYTES)
    writeHeader(this.#bytes, opcodes.binary, sizeBytes)
    this.#plain.setUint8(at.kind, kinds.publish)
    this.#plain.setUint16(at.ingressNode, NO_NODE, true)
    this.#plain.setUint16(at.egressNode, NO_NODE, true)
  }

  /** The frame to send, valid until the next call. */
  of(header: PublishHeader): Buffer {
    const plain = this.#plain
    const sealed = sealOf(header)
    plain.setUint32(at.run, sealed, true)
    plain.setUint32(at.publisher, header.publisher, true)
    plain.setUint32(at.channel, header.channel, true)
    plain.setUint32(at.sequence, header.sequence, true)
    plain.setFloat64(at.planned, header.plannedMicros, true)
    plain.setFloat64(at.sent, header.sentMicros, true)
    this.#mask(fillerStart(sealed) / WORD_BYTES)
    return this.#bytes
  }

  /** The key is random, so it is the same in either byte order. `filler`: index of the filler's first word. */
  #mask(filler: number): void {
    const masked = this.#masked
    const plain = this.#plainWords
    const key = nextMaskKey()
    masked[0] = key
    for (let word = 0; word < HEADER_WORDS; word += 1) masked[word + 1] = plain[word]! ^ key
    const words = fillerWords
    let next = filler
    for (let word = BODY_WORD; word < this.#middle; word += 1) masked[word] = words[next++]! ^ key
    if (this.#middle < this.#tail) masked.fill(key ^ MIDDLE_WORD, this.#middle, this.#tail)
    for (let word = this.#tail; word < masked.length; word += 1) masked[word] = words[next++]! ^ key
  }
}
