import { outcomes, type StreamLedger, type UnackedDelivered } from './types.js'

const EMPTY: StreamIndex = {
  sentMicros: new Float64Array(0),
  spanStarts: new Uint32Array(0),
  dueBefore: new Uint32Array(1),
  unpublishedBefore: new Uint32Array(1),
  unacked: [],
}

interface StreamIndex {
  readonly sentMicros: Float64Array
  readonly spanStarts: Uint32Array
  /** [i]: how many of the first i messages are due. */
  readonly dueBefore: Uint32Array
  readonly unpublishedBefore: Uint32Array
  /** Sequences. */
  readonly unacked: readonly number[]
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
    const byStream = new Array<StreamIndex>(streams).fill(EMPTY)
    const sequencesOf = new Map(unackedDelivered.map(({ stream, sequences }) => [stream, sequences]))
    for (const ledger of ledgers) byStream[ledger.stream] = indexOf(ledger, sequencesOf.get(ledger.stream))
    this.#streams = byStream
  }

  length(stream: number): number {
    return this.#streams[stream]!.sentMicros.length
  }

  sentMicros(stream: number): Float64Array {
    return this.#streams[stream]!.sentMicros
  }

  /** By span: position of the first message that was meant to be sent in it or later. */
  spanStarts(stream: number): Uint32Array {
    return this.#streams[stream]!.spanStarts
  }

  dueIn(stream: number, from: number, to: number): number {
    const { dueBefore } = this.#streams[stream]!
    return dueBefore[to]! - dueBefore[from]!
  }

  unpublishedIn(stream: number, from: number, to: number): number {
    const { unpublishedBefore } = this.#streams[stream]!
    return unpublishedBefore[to]! - unpublishedBefore[from]!
  }

  /** Sequences of messages that were written, not acked, and, as far as is known, received by nobody. */
  unacked(stream: number): readonly number[] {
    return this.#streams[stream]!.unacked
  }

  /** Position of the first message sent at `micros` or later, looked for from position `from` on. */
  firstAt(stream: number, micros: number, from = 0): number {
    const { sentMicros } = this.#streams[stream]!
    let low = from
    let high = sentMicros.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sentMicros[middle]! < micros) low = middle + 1
      else high = middle
    }
    return low
  }
}

function indexOf(
  { sentMicros, outcome, spanStarts }: StreamLedger,
  unackedDelivered: Uint32Array | undefined,
): StreamIndex {
  const isUnackedDelivered = new Set(unackedDelivered)
  const dueBefore = new Uint32Array(outcome.length + 1)
  const unpublishedBefore = new Uint32Array(outcome.length + 1)
  const unacked: number[] = []
  outcome.forEach((result, position) => {
    const isDue = result === outcomes.acked || isUnackedDelivered.has(position + 1)
    const isUnpublished = !isDue && result !== outcomes.unacked
    if (!isDue && result !== outcomes.failed) unacked.push(position + 1)
    dueBefore[position + 1] = dueBefore[position]! + (isDue ? 1 : 0)
    unpublishedBefore[position + 1] = unpublishedBefore[position]! + (isUnpublished ? 1 : 0)
  })
  return { sentMicros, spanStarts, dueBefore, unpublishedBefore, unacked }
}
