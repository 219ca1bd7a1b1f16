import { nowMicros } from '../base/clock.js'
import type { Tick, WorkerHealth } from '../results/worker-records.js'
import { LoopLag } from './loop-lag.js'
import type { NodeNames } from './node-names.js'
import type { Publishers } from './publishers.js'
import type { Recorder } from './recorder.js'
import type { Subscribers } from './subscribers.js'

const SECOND_MS = 1000
/** A tick comes this much before a second of the measure phase ends: what an event at that second breaks is not in it. */
const LEAD_MS = 20

/** Sums up each second of a worker, its own strain included. */
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
    this.#timer = setTimeout(() => this.#tickAndGoOn(nowMicros()), SECOND_MS)
  }

  /** From now on ticks end with the seconds of the measure phase. */
  align(measureMicros: number): void {
    clearTimeout(this.#timer)
    this.#goOn(measureMicros - LEAD_MS * 1000)
    this.#lag.watchFrom(measureMicros)
  }

  /** Nothing more is awaited: tells what came since the last tick; what keeps the loop from now on delays no message. */
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
      eventLoopLagP99Micros: this.#lag.wholeP99Micros,
      longestPauseMicros: this.#lag.longestMicros,
      overruns: this.recorder.overruns,
    }
  }

  #tickAndGoOn(originMicros: number): void {
    this.onTick(this.#tick())
    this.#goOn(originMicros)
  }

  /** The next tick comes at the next whole second from `originMicros` that is at least half a second away. */
  #goOn(originMicros: number): void {
    const elapsedMs = (nowMicros() - originMicros) / 1000
    const nextMs = Math.round(elapsedMs / SECOND_MS + 1) * SECOND_MS
    this.#timer = setTimeout(() => this.#tickAndGoOn(originMicros), nextMs - elapsedMs)
  }

  #tick(): Tick {
    const { counters } = this.clients
    const { receivedByNode, ...connections } = counters.take()
    const atMicros = nowMicros()
    this.#lookAtCpu(atMicros)
    const rssBytes = process.memoryUsage.rss()
    const sent = this.publishers.sent - this.#sentBefore
    this.#sentBefore = this.publishers.sent
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes)
    return {
      atMicros,
      connected: counters.subscribedByNode.reduce((sum, count) => sum + count, 0),
      connectedByNode: this.#byName(counters.subscribedByNode),
      ...connections,
      sent,
      received: receivedByNode.reduce((sum, count) => sum + count, 0),
      receivedByNode: this.#byName(receivedByNode),
      unsentCopies: this.publishers.unsentCopies,
      latency: this.recorder.takeLatency(),
      progress: this.clients.tracker.progress(),
      eventLoopLagP99Micros: this.#lag.takeP99Micros(),
      cpuShare: this.#cpuShare,
      rssBytes,
    }
  }

  /** Over half a second at least: a share of less says little. */
  #lookAtCpu(atMicros: number): void {
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
