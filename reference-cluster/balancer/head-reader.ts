/** Longest request or response head that is looked at. */
export const MAX_HEAD_BYTES = 16_384

const END = Buffer.from('\r\n\r\n')

/** Cuts the head (request or status line, headers, empty line) off a stream's first bytes. */
export class HeadReader {
  #bytes: Buffer = Buffer.alloc(0)

  /** null: more is needed. `too-large`: it won't be read. After a head was returned the reader is done. */
  push(chunk: Buffer): { readonly head: Buffer; readonly rest: Buffer } | 'too-large' | null {
    // The end may lie across chunks, but not before the last three bytes of what was searched already.
    const from = Math.max(0, this.#bytes.length - 3)
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    const found = this.#bytes.indexOf(END, from)
    const length = found < 0 ? this.#bytes.length : found + END.length
    if (length > MAX_HEAD_BYTES) return 'too-large'
    return found < 0 ? null : { head: this.#bytes.subarray(0, length), rest: this.#bytes.subarray(length) }
  }
}
