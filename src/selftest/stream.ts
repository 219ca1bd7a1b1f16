import { ackStatus, at, encodeAck, kinds } from '../protocols/reference.js'
import type { Receipt } from './receipt.js'

/** One publisher's stream as the server received it. It has as many messages as receipts. */
export class Stream {
  /** By sequence − 1: when its publisher was to send it. */
  plannedMicros = new Float64Array(0)
  /** By sequence − 1; NaN: not received. */
  readonly sentMicros: Float64Array
  readonly isAcked: Uint8Array
  readonly #frames: (Buffer | undefined)[] = []
  /** The latest sequence received; 0: none. */
  latest = 0

  constructor(
    readonly publisher: number,
    readonly channel: number,
    readonly group: string,
    readonly receipts: readonly Receipt[],
  ) {
    this.sentMicros = new Float64Array(receipts.length).fill(Number.NaN)
    this.isAcked = new Uint8Array(receipts.length)
  }

  /** When its publisher is to send the first message, and how long after each the next. */
  begin(firstMicros: number, intervalMicros: number): void {
    this.plannedMicros = Float64Array.from(
      this.receipts,
      (_, position) => firstMicros + position * intervalMicros,
    )
  }

  /** Keeps a publish as the message that subscribers are sent. Returns its sequence. */
  take(publish: Buffer): number {
    const sequence = publish.readUInt32LE(at.sequence)
    this.sentMicros[sequence - 1] = publish.readDoubleLE(at.sent)
    const message = Buffer.from(publish)
    message[at.kind] = kinds.message
    this.#frames[sequence] = message
    this.latest = sequence
    return sequence
  }

  frame(sequence: number): Buffer {
    return this.#frames[sequence]!
  }

  wasPublished(sequence: number): boolean {
    return this.#frames[sequence] !== undefined
  }

  receiptOf(sequence: number): Receipt {
    return this.receipts[sequence - 1]!
  }

  ack(sequence: number): Buffer {
    this.isAcked[sequence - 1] = 1
    return encodeAck(this.frame(sequence), 0, ackStatus.accepted)
  }

  refusal(sequence: number): Buffer {
    return encodeAck(this.frame(sequence), 0, ackStatus.refused)
  }
}
