import { outcomes, type StreamLedger } from '../results/delivery/types.js'

/** Records what became of each message of one stream; sequence s is at index s − 1. */
export class Ledger {
  #sentMicros: Float64Array
  #outcome: Uint8Array
  #length = 0
  #acked = 0
  #failed = 0

  constructor(
    readonly stream: number,
    expected: number,
  ) {
    this.#sentMicros = new Float64Array(Math.max(16, expected))
    this.#outcome = new Uint8Array(this.#sentMicros.length)
  }

  get nextSequence(): number {
    return this.#length + 1
  }

  /** Messages written and not acked. */
  get unanswered(): number {
    return this.#length - this.#acked - this.#failed
  }

  get counts(): { sent: number; acked: number; failed: number; unacked: number } {
    return {
      sent: this.#length - this.#failed,
      acked: this.#acked,
      failed: this.#failed,
      unacked: this.unanswered,
    }
  }

  /** The next message is written; it is unacked until its ack comes. */
  written(sentMicros: number): void {
    this.#append(sentMicros, outcomes.unacked)
  }

  /** The next message found no open connection. */
  failed(atMicros: number): void {
    this.#append(atMicros, outcomes.failed)
    this.#failed += 1
  }

  acked(sequence: number): void {
    if (this.#outcome[sequence - 1] !== outcomes.unacked || sequence > this.#length) return
    this.#outcome[sequence - 1] = outcomes.acked
    this.#acked += 1
  }

  /** Time of the last message, written or failed; 0 before the first. */
  get lastMicros(): number {
    return this.#length === 0 ? 0 : this.#sentMicros[this.#length - 1]!
  }

  toStream(): StreamLedger {
    return {
      stream: this.stream,
      sentMicros: this.#sentMicros.slice(0, this.#length),
      outcome: this.#outcome.slice(0, this.#length),
    }
  }

  #append(atMicros: number, outcome: number): void {
    if (this.#length === this.#sentMicros.length) this.#grow()
    this.#sentMicros[this.#length] = atMicros
    this.#outcome[this.#length] = outcome
    this.#length += 1
  }

  #grow(): void {
    const sentMicros = new Float64Array(this.#length * 2)
    const outcome = new Uint8Array(this.#length * 2)
    sentMicros.set(this.#sentMicros)
    outcome.set(this.#outcome)
    this.#sentMicros = sentMicros
    this.#outcome = outcome
  }
}
