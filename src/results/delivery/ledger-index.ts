import { outcomes, type StreamLedger, type UnackedDelivered } from './types.js'

const EMPTY: StreamIndex = {
  sentMicros: new Float64Array(0),
  dueBefore: new Uint32Array(1),
  failedBefore: new Uint32Array(1),
  unacked: [],
}

interface StreamIndex {
  readonly sentMicros: Float64Array
  /** [i]: how many of the first i messages are due. */
  readonly dueBefore: Uint32Array
  readonly failedBefore: Uint32Array
  /** Sequences. */
  readonly unacked: readonly number[]
}

/**
 * What all streams published, made to be asked about ranges: positions are sequence − 1, ranges half-open. Acked and
 * proven messages are due; failed and unacked ones are not. Streams without a ledger published nothing.
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

  dueIn(stream: number, from: number, to: number): number {
    const { dueBefore } = this.#streams[stream]!
    return dueBefore[to]! - dueBefore[from]!
  }

  failedIn(stream: number, from: number, to: number): number {
    const { failedBefore } = this.#streams[stream]!
    return failedBefore[to]! - failedBefore[from]!
  }

  /** Sequences neither acked nor proven, though written. */
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
  { sentMicros, outcome }: StreamLedger,
  unackedDelivered: Uint32Array | undefined,
): StreamIndex {
  const isUnackedDelivered = new Set(unackedDelivered)
  const dueBefore = new Uint32Array(outcome.length + 1)
  const failedBefore = new Uint32Array(outcome.length + 1)
  const unacked: number[] = []
  outcome.forEach((result, position) => {
    const isOpen = result === outcomes.unacked && !isUnackedDelivered.has(position + 1)
    if (isOpen) unacked.push(position + 1)
    const isFailed = result === outcomes.failed
    dueBefore[position + 1] = dueBefore[position]! + (isOpen || isFailed ? 0 : 1)
    failedBefore[position + 1] = failedBefore[position]! + (isFailed ? 1 : 0)
  })
  return { sentMicros, dueBefore, failedBefore, unacked }
}
