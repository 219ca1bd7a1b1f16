import { outcomes, type PublisherConnection, type StreamLedger } from '../results/delivery/types.js'
import type { PublishedCounts } from '../results/worker-records.js'

/** Every scheduled send of one stream, appended as its time comes: sequence s is at index s − 1. */
export class Ledger {
  #sentMicros: Float64Array
  #outcome: Uint8Array
  #length = 0
  #acked = 0
  #failed = 0
  #refused = 0
  /** Of the spans that have begun; see StreamLedger. */
  readonly #spanStarts: number[] = []
  readonly #connections: PublisherConnection[] = []
  #spanStartsMicros = new Float64Array(0)

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

  /** Written and not answered. */
  get unanswered(): number {
    return this.#length - this.#acked - this.#failed - this.#refused
  }

  get counts(): PublishedCounts {
    return {
      sent: this.#length - this.#failed,
      acked: this.#acked,
      failed: this.#failed,
      refused: this.#refused,
      unacked: this.unanswered,
    }
  }

  /** From now on messages go out on a connection to this node; null: straight to the broker. */
  connected(node: string | null, atMicros: number): void {
    this.disconnected(atMicros)
    this.#connections.push({ node, fromMicros: atMicros, untilMicros: Number.POSITIVE_INFINITY })
  }

  /** The connection that messages went out on ended, if there was one. */
  disconnected(atMicros: number): void {
    const last = this.#connections.pop()
    if (last) this.#connections.push({ ...last, untilMicros: Math.min(last.untilMicros, atMicros) })
  }

  /** Of the connection that messages go out on; undefined: there is none. */
  get node(): string | null | undefined {
    const last = this.#connections.at(-1)
    return last?.untilMicros === Number.POSITIVE_INFINITY ? last.node : undefined
  }

  /** When the spans of the plan's phases begin. To be called before the first message. */
  begin(spanStartsMicros: Float64Array<ArrayBuffer>): void {
    this.#spanStartsMicros = spanStartsMicros
  }

  /** The message is being written; without an answer it stays unacked. */
  written(plannedMicros: number, sentMicros: number): void {
    this.#append(plannedMicros, sentMicros, outcomes.unacked)
  }

  /** The message was scheduled, but never reached a socket. */
  failed(plannedMicros: number, atMicros: number): void {
    this.#append(plannedMicros, atMicros, outcomes.failed)
    this.#failed += 1
  }

  acked(sequence: number): void {
    if (this.#answered(sequence, outcomes.acked)) this.#acked += 1
  }

  /** The server answered that it did not take the message. */
  refused(sequence: number): void {
    if (this.#answered(sequence, outcomes.refused)) this.#refused += 1
  }

  /** Of echo traffic, where a message counts as accepted once it is written: the server answered that it did not take it. */
  refusedAfterAll(sequence: number): void {
    if (this.#outcome[sequence - 1] !== outcomes.acked || sequence > this.#length) return
    this.#outcome[sequence - 1] = outcomes.refused
    this.#acked -= 1
    this.#refused += 1
  }

  /** Sent time of the last message, written or failed; 0 before the first. */
  get lastMicros(): number {
    return this.#length === 0 ? 0 : this.#sentMicros[this.#length - 1]!
  }

  toStream(): StreamLedger {
    return {
      stream: this.stream,
      sentMicros: this.#sentMicros.slice(0, this.#length),
      outcome: this.#outcome.slice(0, this.#length),
      spanStarts: Uint32Array.from(
        this.#spanStartsMicros,
        (_, span) => this.#spanStarts[span] ?? this.#length,
      ),
      connections: this.#connections,
    }
  }

  /** The first answer counts. */
  #answered(sequence: number, outcome: number): boolean {
    if (this.#outcome[sequence - 1] !== outcomes.unacked || sequence > this.#length) return false
    this.#outcome[sequence - 1] = outcome
    return true
  }

  #append(plannedMicros: number, atMicros: number, outcome: number): void {
    if (this.#length === this.#sentMicros.length) this.#grow()
    while (plannedMicros >= this.#spanStartsMicros[this.#spanStarts.length]!)
      this.#spanStarts.push(this.#length)
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
