import { sumOf } from '../base/sum.js'
import { sparsePercentiles } from '../results/latency/summary.js'
import type { Tick } from '../results/worker-records.js'
import type { LiveSecond } from './view/state.js'

/** As many as the widest view has columns. */
const MOST_SECONDS = 160
const SECOND_MICROS = 1_000_000

interface OpenSecond {
  readonly second: number
  readonly byWorker: Map<number, Tick>
}

/** The last seconds, all workers together. A second is closed by the first tick of a later one. */
export class LiveHistory {
  readonly seconds: LiveSecond[] = []
  #open: OpenSecond | null = null

  constructor(readonly hasEventSince: (micros: number) => boolean) {}

  add(worker: number, tick: Tick): void {
    const second = Math.round(tick.atMicros / SECOND_MICROS)
    if (this.#open !== null && second > this.#open.second) this.#close(this.#open)
    this.#open ??= { second, byWorker: new Map() }
    // The tick that a worker sends at its end follows its last one at once, and has little in it.
    if (!this.#open.byWorker.has(worker)) this.#open.byWorker.set(worker, tick)
  }

  #close({ second, byWorker }: OpenSecond): void {
    const ticks = [...byWorker.values()]
    this.seconds.push({
      connected: sumOf(ticks, ({ connected }) => connected),
      sent: sumOf(ticks, ({ sent }) => sent),
      received: sumOf(ticks, ({ received }) => received),
      latency: sparsePercentiles(ticks.map(({ latency }) => latency)),
      isAffected: this.hasEventSince((second - 1) * SECOND_MICROS) && !this.seconds.at(-1)?.isAffected,
    })
    if (this.seconds.length > MOST_SECONDS) this.seconds.shift()
    this.#open = null
  }
}
