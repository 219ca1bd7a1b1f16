import type { Histogram } from 'hdr-histogram-js'
import type { PoolRemoval } from '../../cluster/cluster.js'
import { createHistogram, encodeHistogram, record } from '../latency/histogram.js'
import { type Causes, NO_CAUSE } from './causes.js'
import type { DisconnectCounts, DisconnectReport } from './disconnect-report.js'
import type { Epochs } from './epochs.js'
import { UNEXPLAINED } from './types.js'

/**
 * Every end of an epoch until `stoppedMicros` (what ends later, the generator ended itself) and the return from it. What
 * counts as a connection's opening is the confirmation of its subscription. Downtimes beyond the histogram's range are
 * recorded as its highest value, those of clients that were handed over as 0.
 */
export function disconnectReport({
  epochs,
  refusals,
  causes,
  poolRemovals,
  stoppedMicros,
}: Disconnects): DisconnectReport {
  const tally = new DisconnectTally(epochs, causes, poolRemovals)
  for (let client = 0; client < epochs.clients; client += 1) {
    const own = epochs.of(client)
    own.forEach((epoch, order) => {
      tally.opened(epoch)
      if (epochs.endMicros(epoch) <= stoppedMicros) tally.broke(epoch, own[order + 1])
    })
  }
  for (const refusal of refusals) tally.refused(refusal)
  return tally.report()
}

interface Disconnects {
  readonly epochs: Epochs
  readonly refusals: readonly Refusal[]
  readonly causes: Causes
  readonly poolRemovals: readonly PoolRemoval[]
  readonly stoppedMicros: number
}

/** An attempt to connect that a node turned away. */
export interface Refusal {
  readonly node: number
  readonly atMicros: number
}

class CauseTally {
  disconnects = 0
  recovered = 0
  handedOver = 0
  readonly downtime = createHistogram()
  readonly sinceEvent = createHistogram()
  sameNode = 0
  otherNode = 0
  routedToDraining = 0
}

class DisconnectTally {
  readonly #byCause: Record<string, CauseTally>
  readonly #downtime = createHistogram()
  readonly #lastOpenMicros = new Map<string, number>()
  readonly #clamped = { negative: 0, tooLong: 0 }
  readonly #remapped: Record<string, { returned: number; moved: number }>

  constructor(
    readonly epochs: Epochs,
    readonly causes: Causes,
    readonly poolRemovals: readonly PoolRemoval[],
  ) {
    const names = [...causes.windows.map(({ id }) => id), UNEXPLAINED]
    this.#byCause = Object.fromEntries(names.map((name) => [name, new CauseTally()]))
    const changes = causes.windows.filter(({ poolChangedMicros }) => poolChangedMicros !== null)
    this.#remapped = Object.fromEntries(changes.map(({ id }) => [id, { returned: 0, moved: 0 }]))
  }

  opened(epoch: number): void {
    const name = this.causes.nodeNames[this.epochs.node(epoch)]!
    const subMicros = this.epochs.subMicros(epoch)
    this.#lastOpenMicros.set(name, Math.max(this.#lastOpenMicros.get(name) ?? subMicros, subMicros))
  }

  broke(epoch: number, next: number | undefined): void {
    const cause = this.causes.ofDisconnect(this.epochs.endMicros(epoch), this.epochs.node(epoch))
    const tally = this.#byCause[this.causes.name(cause)]!
    tally.disconnects += 1
    if (next === undefined) return
    tally.recovered += 1
    if (this.epochs.subMicros(next) < this.epochs.endMicros(epoch)) tally.handedOver += 1
    const backMicros = this.epochs.subMicros(next)
    this.#record(tally.downtime, backMicros - this.epochs.endMicros(epoch))
    this.#record(this.#downtime, backMicros - this.epochs.endMicros(epoch))
    if (cause !== NO_CAUSE)
      this.#record(tally.sinceEvent, backMicros - this.causes.windows[cause]!.startedMicros)
    this.#returned(tally, epoch, next)
    this.#remap(epoch, next)
  }

  /** To have been sent to a node that is leaving counts, whether it took the client or not. */
  refused({ node, atMicros }: Refusal): void {
    if (!this.#isLeaving(node, atMicros)) return
    this.#byCause[this.causes.name(this.causes.ofDisconnect(atMicros, node))]!.routedToDraining += 1
  }

  report(): DisconnectReport {
    const byCause = Object.entries(this.#byCause).map(([name, tally]): [string, DisconnectCounts] => [
      name,
      {
        disconnects: tally.disconnects,
        recovered: tally.recovered,
        handedOver: tally.handedOver,
        downtime: encodeHistogram(tally.downtime),
        sinceEvent: encodeHistogram(tally.sinceEvent),
        sameNode: tally.sameNode,
        otherNode: tally.otherNode,
        routedToDraining: tally.routedToDraining,
      },
    ])
    const tallies = Object.values(this.#byCause)
    const sum = (read: (tally: CauseTally) => number) => tallies.reduce((all, tally) => all + read(tally), 0)
    return {
      byCause: Object.fromEntries(byCause),
      downtime: encodeHistogram(this.#downtime),
      sameNode: sum((tally) => tally.sameNode),
      otherNode: sum((tally) => tally.otherNode),
      routedToDraining: sum((tally) => tally.routedToDraining),
      lastOpenMicros: Object.fromEntries(this.#lastOpenMicros),
      remapped: this.#remapped,
    }
  }

  #returned(tally: CauseTally, epoch: number, next: number): void {
    if (this.#isSameNode(epoch, next)) tally.sameNode += 1
    else tally.otherNode += 1
    if (this.#isLeaving(this.epochs.node(next), this.epochs.subMicros(next))) tally.routedToDraining += 1
  }

  #isLeaving(node: number, atMicros: number): boolean {
    const name = this.causes.nodeNames[node]
    return this.poolRemovals.some(({ node: absent, fromMicros, untilMicros }) => {
      return absent === name && fromMicros <= atMicros && (untilMicros === null || atMicros < untilMicros)
    })
  }

  #remap(epoch: number, next: number): void {
    const { epochs, causes } = this
    const [subMicros, backMicros] = [epochs.subMicros(epoch), epochs.subMicros(next)]
    const change = causes.poolChangeBetween(subMicros, backMicros)
    if (change === NO_CAUSE || causes.hasActedOn(epochs.node(epoch), subMicros, backMicros)) return
    const counts = this.#remapped[causes.name(change)]!
    counts.returned += 1
    if (!this.#isSameNode(epoch, next)) counts.moved += 1
  }

  #isSameNode(epoch: number, next: number): boolean {
    return this.epochs.node(epoch) === this.epochs.node(next)
  }

  #record(histogram: Histogram, micros: number): void {
    record(histogram, micros, this.#clamped)
  }
}
