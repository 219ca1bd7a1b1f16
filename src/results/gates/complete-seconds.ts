import { secondOf, timelineOf } from '../assemble/timeline.js'
import type { TimelineRow } from '../result.js'
import type { Tick } from '../worker-records.js'

/**
 * Ticks as they come → seconds of the measure phase as they are complete: a second is, once any worker has told of a
 * later one. What a worker that lags tells of it afterwards is left out, and so is balance, which is not known yet.
 */
export class CompleteSeconds {
  #pending: Tick[] = []
  #reached = 0

  constructor(readonly measureMicros: number) {}

  /** The seconds that are complete now that `tick` came, the earliest first. */
  take(tick: Tick): TimelineRow[] {
    const second = secondOf(tick, this.measureMicros)
    if (second < this.#reached) return []
    const complete = this.#pending.filter((other) => secondOf(other, this.measureMicros) < second)
    this.#pending = [...this.#pending.filter((other) => !complete.includes(other)), tick]
    if (complete.length === 0) return []
    this.#reached = second
    const ticks = complete.map((other) => [other])
    return timelineOf({ ticks, measureMicros: this.measureMicros, nodes: [], lostBySecond: {} })
  }
}
