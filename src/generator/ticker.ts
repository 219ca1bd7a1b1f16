import { nowMicros } from '../base/clock.js'
import { sumOf } from '../base/sum.js'
import { encodeHistogram } from '../results/latency/histogram.js'
import type { Tick, WorkerHealth } from '../results/worker-records.js'
import { LoopLag } from './loop-lag.js'
import type { NodeNames } from './node-names.js'
import type { Publishers } from './publishers.js'
import type { Recorder } from './recorder.js'
import type { Subscribers } from './subscribers.js'

const SECOND_MS = 1000
/** A tick comes this much before its second ends, so that it does not include what an event at the next second does. */
const LEAD_MS = 20

/** Reports each second of a worker's run, with its own CPU, memory and event-loop lag. */
export class Ticker {
  readonly #lag = new LoopLag()
  #cpuBefore = process.cpuUsage()
  #cpuAtMicros = nowMicros()
  #cpuShare = 0
  #sentBefore = 0
  #cpuShareMax = 0
  #peakRssBytes = 0
  #timer: NodeJS.Timeout

  constructor(
    readonly clients: Subscribers,
    readonly publishers: Publishers,
    readonly recorder: Recorder,
    readonly nodes: NodeNames,
    readonly onTick: (tick: Tick) => void,
  ) {
    this.#timer = setTimeout(() => this.#tickAndSchedule(nowMicros()), SECOND_MS)
  }

  /** From now on, ticks come at the whole seconds of the measure phase. */
  align(measureMicros: number): void {
    clearTimeout(this.#timer)
    this.#schedule(measureMicros - LEAD_MS * 1000)
    this.#lag.watchFrom(measureMicros)
  }

  /** No message is expected any more: reports the last tick; event-loop lag no longer matters. */
  settled(): void {
    this.onTick(this.#tick())
    this.#lag.unwatch()
  }

  health(connections: number): WorkerHealth {
    const { user, system } = process.cpuUsage()
    return {
      connections,
      peakRssBytes: Math.max(this.#peakRssBytes, process.memoryUsage.rss()),
      cpuMicros: user + system,
      cpuShareMax: this.#cpuShareMax,
      eventLoopLag: encodeHistogram(this.#lag.whole),
      longestPauseMicros: this.#lag.longestMicros,
      overruns: this.recorder.overruns,
    }
  }

  #tickAndSchedule(originMicros: number): void {
    this.onTick(this.#tick())
    this.#schedule(originMicros)
  }

  /** Schedules the next tick for the first whole second after `originMicros` that is at least half a second away. */
  #schedule(originMicros: number): void {
    const elapsedMs = (nowMicros() - originMicros) / 1000
    const nextMs = Math.round(elapsedMs / SECOND_MS + 1) * SECOND_MS
    this.#timer = setTimeout(() => this.#tickAndSchedule(originMicros), nextMs - elapsedMs)
  }

  #tick(): Tick {
    const { counters } = this.clients
    const { receivedByNode, ...connections } = counters.take()
    const connectedByNode = this.#byName(counters.subscribedByNode)
    const atMicros = nowMicros()
    this.#updateCpuShare(atMicros)
    const rssBytes = process.memoryUsage.rss()
    const sent = this.publishers.sent - this.#sentBefore
    this.#sentBefore = this.publishers.sent
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes)
    return {
      atMicros,
      connected: sumOf(Object.values(connectedByNode), (count) => count),
      connectedByNode,
      ...connections,
      sent,
      received: sumOf(receivedByNode, (count) => count),
      receivedByNode: this.#byName(receivedByNode),
      unsentCopies: this.publishers.unsentCopies,
      plannedCopies: this.publishers.plannedCopies,
      firstCopies: this.clients.tracker.firstCopies,
      latency: this.recorder.takeLatency(),
      progress: this.clients.tracker.progress(),
      eventLoopLagP99Micros: this.#lag.takeP99Micros(),
      cpuShare: this.#cpuShare,
      rssBytes,
    }
  }

  /** Measured over at least half a second: a share of less is not meaningful. */
  #updateCpuShare(atMicros: number): void {
    const elapsedMicros = atMicros - this.#cpuAtMicros
    if (elapsedMicros < (SECOND_MS / 2) * 1000) return
    const { user, system } = process.cpuUsage(this.#cpuBefore)
    this.#cpuShare = (user + system) / elapsedMicros
    this.#cpuShareMax = Math.max(this.#cpuShareMax, this.#cpuShare)
    this.#cpuBefore = process.cpuUsage()
    this.#cpuAtMicros = atMicros
  }

  #byName(counts: readonly number[]): Record<string, number> {
    return Object.fromEntries(this.nodes.names.map((name, node) => [name, counts[node] ?? 0]))
  }
}
