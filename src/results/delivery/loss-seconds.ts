import type { LedgerIndex } from './ledger-index.js'

/** Counts losses by the second of their send time: a step up and a step down per range, summed up at the end. */
export class LossSeconds {
  readonly #steps: (Int32Array | undefined)[] = []

  constructor(readonly ledgers: LedgerIndex) {}

  /** The due messages of [from, to) of the stream were lost to one subscriber. */
  add(stream: number, from: number, to: number): void {
    this.#steps[stream] ??= new Int32Array(this.ledgers.length(stream) + 1)
    const steps = this.#steps[stream]
    steps[from] = steps[from]! + 1
    steps[to] = steps[to]! - 1
  }

  since(measureMicros: number): Record<number, number> {
    const seconds: Record<number, number> = {}
    this.#steps.forEach((steps, stream) => {
      let losers = 0
      this.ledgers.sentMicros(stream).forEach((sentMicros, position) => {
        losers += steps![position]!
        const lost = losers * this.ledgers.dueIn(stream, position, position + 1)
        if (lost === 0) return
        const second = Math.floor((sentMicros - measureMicros) / 1e6)
        seconds[second] = (seconds[second] ?? 0) + lost
      })
    })
    return seconds
  }
}
