import { sparsePercentiles } from '../results/latency/summary.js'
import type { Tick } from '../results/worker-records.js'
import type { LiveSecond } from './view/state.js'

/** As many as the widest frame has columns. */
const MOST_SECONDS = 160
const SECOND_MICROS = 1_000_000

interface OpenSecond {
  readonly second: number
  readonly byWorker: Map<number, Tick>
}

/** What the last seconds were like, all workers together; a second is closed when a tick of a later one comes. */
export class LiveHistory {
  readonly seconds: LiveSecond[] = []
  #open: OpenSecond | null = null

  constructor(readonly hasStruckSince: (micros: number) => boolean) {}

  add(worker: number, tick: Tick): void {
    const second = Math.round(tick.atMicros / SECOND_MICROS)
    if (this.#open !== null && second > this.#open.second) this.#close(this.#open)
    this.#open ??= { second, byWorker: new Map() }
    // A worker's closing tick comes soon after its last one, with what little was left.
    if (!this.#open.byWorker.has(worker)) this.#open.byWorker.set(worker, tick)
  }

  #close({ second, byWorker }: OpenSecond): void {
    const ticks = [...byWorker.values()]
    const sum = (read: (tick: Tick) => number) => ticks.reduce((all, tick) => all + read(tick), 0)
    this.seconds.push({
      connected: sum(({ connected }) => connected),
      sent: sum(({ sent }) => sent),
      received: sum(({ received }) => received),
      latency: sparsePercentiles(ticks.map(({ latency }) => latency)),
      isAffected: this.hasStruckSince((second - 1) * SECOND_MICROS) && !this.seconds.at(-1)?.isAffected,
    })
    if (this.seconds.length > MOST_SECONDS) this.seconds.shift()
    this.#open = null
  }
}
