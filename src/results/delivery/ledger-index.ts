import { lowerBound } from './lower-bound.js'
import { outcomes, type PublisherConnection, type StreamLedger, type UnackedDelivered } from './types.js'

interface StreamIndex {
  readonly ledger: StreamLedger
  /** [i]: how many of the first i messages are due. */
  readonly dueBefore: Uint32Array
  readonly unpublishedBefore: Uint32Array
  /** Sequences. */
  readonly unacked: readonly number[]
  /** Positions of what is due though it was not acked, ascending. */
  readonly unackedDue: readonly number[]
}

/**
 * What all streams published, made to be asked about ranges: positions are sequence − 1, ranges half-open. A message is
 * due if it was acked or somebody received it; else it is unpublished (failed, refused) or indeterminate (unacked).
 * Streams without a ledger published nothing.
 */
export class LedgerIndex {
  readonly #streams: readonly StreamIndex[]

  constructor(
    ledgers: readonly StreamLedger[],
    streams: number,
    unackedDelivered: readonly UnackedDelivered[] = [],
  ) {
    const byStream = new Array<StreamIndex>(streams).fill(indexOf(nothing, undefined))
    const sequencesOf = new Map(unackedDelivered.map(({ stream, sequences }) => [stream, sequences]))
    for (const ledger of ledgers) byStream[ledger.stream] = indexOf(ledger, sequencesOf.get(ledger.stream))
    this.#streams = byStream
  }

  length(stream: number): number {
    return this.sentMicros(stream).length
  }

  sentMicros(stream: number): Float64Array {
    return this.#streams[stream]!.ledger.sentMicros
  }

  outcome(stream: number): Uint8Array {
    return this.#streams[stream]!.ledger.outcome
  }

  connections(stream: number): readonly PublisherConnection[] {
    return this.#streams[stream]!.ledger.connections
  }

  /** By span: position of the first message that was meant to be sent in it or later. */
  spanStarts(stream: number): Uint32Array {
    return this.#streams[stream]!.ledger.spanStarts
  }

  dueIn(stream: number, from: number, to: number): number {
    const { dueBefore } = this.#streams[stream]!
    return dueBefore[to]! - dueBefore[from]!
  }

  unpublishedIn(stream: number, from: number, to: number): number {
    const { unpublishedBefore } = this.#streams[stream]!
    return unpublishedBefore[to]! - unpublishedBefore[from]!
  }

  /** Positions in [from, to) of what is due though it was not acked: the broker may not have had it for all. */
  unackedDueIn(stream: number, from: number, to: number): readonly number[] {
    const { unackedDue } = this.#streams[stream]!
    if (unackedDue.length === 0) return unackedDue
    return unackedDue.slice(lowerBound(unackedDue, from), lowerBound(unackedDue, to))
  }

  /** Sequences of messages that were written, not acked, and, as far as is known, received by nobody. */
  unacked(stream: number): readonly number[] {
    return this.#streams[stream]!.unacked
  }

  /** Position of the first message sent at `micros` or later, looked for from position `from` on. */
  firstAt(stream: number, micros: number, from = 0): number {
    return lowerBound(this.sentMicros(stream), micros, from)
  }
}

const nothing: StreamLedger = {
  stream: -1,
  sentMicros: new Float64Array(0),
  outcome: new Uint8Array(0),
  spanStarts: new Uint32Array(0),
  connections: [],
}

function indexOf(ledger: StreamLedger, unackedDelivered: Uint32Array | undefined): StreamIndex {
  const { outcome } = ledger
  const isUnackedDelivered = new Set(unackedDelivered)
  const dueBefore = new Uint32Array(outcome.length + 1)
  const unpublishedBefore = new Uint32Array(outcome.length + 1)
  const unacked: number[] = []
  const unackedDue: number[] = []
  outcome.forEach((result, position) => {
    const isDue = result === outcomes.acked || isUnackedDelivered.has(position + 1)
    const isUnpublished = !isDue && result !== outcomes.unacked
    if (!isDue && result !== outcomes.failed) unacked.push(position + 1)
    if (isDue && result !== outcomes.acked) unackedDue.push(position)
    dueBefore[position + 1] = dueBefore[position]! + (isDue ? 1 : 0)
    unpublishedBefore[position + 1] = unpublishedBefore[position]! + (isUnpublished ? 1 : 0)
  })
  return { ledger, dueBefore, unpublishedBefore, unacked, unackedDue }
}
