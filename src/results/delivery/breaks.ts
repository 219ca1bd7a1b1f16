import type { Histogram } from 'hdr-histogram-js'
import { createHistogram, encodeHistogram, record } from '../histogram.js'
import type { BreakCounts, BreakReport } from './break-report.js'
import { type Causes, NO_CAUSE } from './causes.js'
import type { Epochs } from './epochs.js'
import { UNEXPLAINED } from './types.js'

/**
 * Every end of an epoch until `stoppedMicros` (what ends later, the generator ended itself) and the return from it. What
 * counts as a connection's opening is the confirmation of its subscription. Downtimes beyond the histogram's range are
 * recorded as its highest value, those of clients that were handed over as 0.
 */
export function breakReport(epochs: Epochs, causes: Causes, stoppedMicros: number): BreakReport {
  const tally = new BreakTally(epochs, causes)
  for (let client = 0; client < epochs.clients; client += 1) {
    const own = epochs.of(client)
    own.forEach((epoch, order) => {
      tally.opened(epoch)
      if (epochs.endMicros(epoch) <= stoppedMicros) tally.broke(epoch, own[order + 1])
    })
  }
  return tally.report()
}

class CauseTally {
  breaks = 0
  recovered = 0
  handedOver = 0
  readonly downtime = createHistogram()
  readonly sinceEvent = createHistogram()
}

class BreakTally {
  readonly #byCause: Record<string, CauseTally>
  readonly #downtime = createHistogram()
  readonly #lastOpenMicros: Record<string, number> = {}
  readonly #clamped = { negative: 0, tooLong: 0 }
  #sameNode = 0
  #otherNode = 0
  #returnedToDrained = 0

  constructor(
    readonly epochs: Epochs,
    readonly causes: Causes,
  ) {
    const names = [...causes.windows.map(({ id }) => id), UNEXPLAINED]
    this.#byCause = Object.fromEntries(names.map((name) => [name, new CauseTally()]))
  }

  opened(epoch: number): void {
    const name = this.causes.nodeNames[this.epochs.node(epoch)]!
    const subMicros = this.epochs.subMicros(epoch)
    this.#lastOpenMicros[name] = Math.max(this.#lastOpenMicros[name] ?? subMicros, subMicros)
  }

  broke(epoch: number, next: number | undefined): void {
    const cause = this.causes.ofBreak(this.epochs.endMicros(epoch), this.epochs.node(epoch))
    const tally = this.#byCause[this.causes.name(cause)]!
    tally.breaks += 1
    if (next === undefined) return
    tally.recovered += 1
    if (this.epochs.subMicros(next) < this.epochs.endMicros(epoch)) tally.handedOver += 1
    const backMicros = this.epochs.subMicros(next)
    this.#record(tally.downtime, backMicros - this.epochs.endMicros(epoch))
    this.#record(this.#downtime, backMicros - this.epochs.endMicros(epoch))
    if (cause !== NO_CAUSE)
      this.#record(tally.sinceEvent, backMicros - this.causes.windows[cause]!.startedMicros)
    this.#returned(this.epochs.node(epoch), this.epochs.node(next), backMicros)
  }

  report(): BreakReport {
    const byCause = Object.entries(this.#byCause).map(([name, tally]): [string, BreakCounts] => [
      name,
      {
        breaks: tally.breaks,
        recovered: tally.recovered,
        handedOver: tally.handedOver,
        downtime: encodeHistogram(tally.downtime),
        sinceEvent: encodeHistogram(tally.sinceEvent),
      },
    ])
    return {
      byCause: Object.fromEntries(byCause),
      downtime: encodeHistogram(this.#downtime),
      sameNode: this.#sameNode,
      otherNode: this.#otherNode,
      returnedToDrained: this.#returnedToDrained,
      lastOpenMicros: this.#lastOpenMicros,
    }
  }

  #returned(from: number, to: number, atMicros: number): void {
    if (from === to) this.#sameNode += 1
    else this.#otherNode += 1
    if (this.causes.hasLeftPool(to, atMicros)) this.#returnedToDrained += 1
  }

  #record(histogram: Histogram, micros: number): void {
    record(histogram, micros, this.#clamped)
  }
}
