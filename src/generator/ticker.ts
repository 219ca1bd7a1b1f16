import { nowMicros } from '../clock.js'
import type { Clients } from './clients.js'
import { LoopLag } from './loop-lag.js'
import type { Tick, WorkerHealth } from './messages.js'
import type { NodeNames } from './node-names.js'
import type { Publishers } from './publishers.js'
import type { Recorder } from './recorder.js'

const SECOND_MS = 1000

/** Sums up each second of a worker, its own strain included. */
export class Ticker {
  readonly #lag = new LoopLag()
  #cpuBefore = process.cpuUsage()
  #atMicros = nowMicros()
  #sentBefore = 0
  #cpuShareMax = 0
  #peakRssBytes = 0

  constructor(
    readonly clients: Clients,
    readonly publishers: Publishers,
    readonly recorder: Recorder,
    readonly nodes: NodeNames,
    readonly onTick: (tick: Tick) => void,
  ) {
    setInterval(() => onTick(this.#tick()), SECOND_MS)
  }

  health(connections: number, overruns: number): WorkerHealth {
    const { user, system } = process.cpuUsage()
    return {
      connections,
      peakRssBytes: Math.max(this.#peakRssBytes, process.memoryUsage.rss()),
      cpuMicros: user + system,
      cpuShareMax: this.#cpuShareMax,
      eventLoopLagP99Micros: this.#lag.wholeP99Micros,
      overruns,
    }
  }

  #tick(): Tick {
    const { traffic } = this.clients
    const { received, ...connections } = traffic.take()
    const atMicros = nowMicros()
    const cpu = process.cpuUsage(this.#cpuBefore)
    const cpuShare = (cpu.user + cpu.system) / (atMicros - this.#atMicros)
    const rssBytes = process.memoryUsage.rss()
    const sent = this.publishers.sent - this.#sentBefore
    this.#cpuBefore = process.cpuUsage()
    this.#atMicros = atMicros
    this.#sentBefore = this.publishers.sent
    this.#cpuShareMax = Math.max(this.#cpuShareMax, cpuShare)
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes)
    return {
      atMicros,
      connected: traffic.subscribedByNode.reduce((sum, count) => sum + count, 0),
      connectedByNode: Object.fromEntries(
        this.nodes.names.map((name, node) => [name, traffic.subscribedByNode[node] ?? 0]),
      ),
      ...connections,
      sent,
      received,
      latency: this.recorder.takeLatency(),
      eventLoopLagP99Micros: this.#lag.takeP99Micros(),
      cpuShare,
      rssBytes,
    }
  }
}
