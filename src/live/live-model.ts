import { nowMicros } from '../base/clock.js'
import { escapeText } from '../base/escape.js'
import { formatMicros, formatShare } from '../base/format.js'
import { sumByName } from '../base/records.js'
import type { EventRecord } from '../chaos/event.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import { targetWords } from '../reporters/wording.js'
import { sparsePercentiles } from '../results/latency/summary.js'
import type { Tick } from '../results/worker-records.js'
import type { Stage } from '../run/run.js'
import { sumSoFar } from './delivery-progress.js'
import { type Connections, LiveEvents } from './live-events.js'
import { LiveHistory } from './live-history.js'
import type { LiveGenerator, LiveNode, LiveState } from './view/state.js'

/** A worker ticks each second; one that kept silent this long is not counted as there. */
const SILENT_MICROS = 3_500_000

const words: Readonly<Record<Stage, string>> = {
  cluster: 'starting',
  connect: 'connecting',
  traffic: '',
  settle: 'settling',
  judge: 'settling',
}

/** Makes a LiveState of what a run tells its observer. */
export class LivePicture {
  /** By worker; whichever speaks first. */
  readonly #latest = new Map<number, Tick>()
  readonly #events: LiveEvents
  readonly #history: LiveHistory
  #stage: Stage = 'cluster'
  #measureMicros: number | null = null
  #cluster: Pick<Cluster, 'nodes'> | null = null
  #ended = 0
  #opened = 0

  constructor(
    readonly plan: Plan,
    readonly title: string,
    readonly now: () => number = nowMicros,
  ) {
    this.#events = new LiveEvents(plan)
    this.#history = new LiveHistory((micros) => this.#events.hasStruckSince(micros))
  }

  enter(stage: Stage): void {
    this.#stage = stage
  }

  watch(cluster: Pick<Cluster, 'nodes'>): void {
    this.#cluster = cluster
  }

  start(measureMicros: number): void {
    this.#measureMicros = measureMicros
  }

  tick(worker: number, tick: Tick): void {
    this.#latest.set(worker, tick)
    this.#history.add(worker, tick)
    this.#ended += tick.disconnects
    this.#opened += tick.connects
    this.#events.look(this.#connections())
  }

  event(record: EventRecord): void {
    this.#events.changed(record, this.#connections())
  }

  state(): LiveState {
    const now = this.now()
    const ticks = this.#ticks(now)
    const sum = (read: (tick: Tick) => number) => ticks.reduce((all, tick) => all + read(tick), 0)
    const elapsedMs =
      this.#measureMicros === null ? -this.plan.phases.warmupMs : (now - this.#measureMicros) / 1000
    const { measureMs } = this.plan.phases
    const isTraffic = this.#stage === 'traffic'
    return {
      title: escapeText(this.title),
      cluster: clusterOf(this.plan),
      phase: words[this.#stage] || phaseAt(this.plan, elapsedMs),
      measured: isTraffic ? { elapsedMs: Math.min(measureMs, elapsedMs), wholeMs: measureMs } : null,
      connected: sum(({ connected }) => connected),
      target: this.plan.clients.count,
      sentPerSecond: sum(({ sent }) => sent),
      receivedPerSecond: sum(({ received }) => received),
      latency: sparsePercentiles(ticks.map(({ latency }) => latency)),
      progress: sumSoFar([...this.#latest.values()]),
      history: this.#history.seconds,
      nodes: this.#nodes(ticks),
      events: this.#events.state(this.#connections(), elapsedMs, now),
      generator: this.#generator(ticks),
    }
  }

  /** Of the workers that still speak. */
  #ticks(now: number): readonly Tick[] {
    return [...this.#latest.values()].filter(({ atMicros }) => now - atMicros < SILENT_MICROS)
  }

  #connections(): Connections {
    const latest = [...this.#latest.values()]
    return {
      ended: this.#ended,
      opened: this.#opened,
      connected: latest.reduce((sum, { connected }) => sum + connected, 0),
      atMicros: Math.min(...latest.map(({ atMicros }) => atMicros)),
    }
  }

  #nodes(ticks: readonly Tick[]): LiveNode[] {
    const states = new Map(this.#cluster?.nodes.map(({ id, state }) => [id, state]))
    const none = Object.fromEntries([...states.keys()].map((id) => [id, 0]))
    const connected = sumByName([none, ...ticks.map(({ connectedByNode }) => connectedByNode)])
    return Object.entries(connected).map(([id, count]) => ({
      id: escapeText(id),
      connected: count,
      state: states.size === 0 ? 'up' : (states.get(id) ?? 'gone'),
      struckBy: this.#events.struckBy(id),
    }))
  }

  #generator(ticks: readonly Tick[]): LiveGenerator | null {
    if (ticks.length === 0) return null
    const cpuShare = Math.max(...ticks.map((tick) => tick.cpuShare))
    const eventLoopLagP99Micros = Math.max(...ticks.map((tick) => tick.eventLoopLagP99Micros))
    return {
      workers: ticks.length,
      cpuShare,
      eventLoopLagP99Micros,
      rssBytes: ticks.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
      strain: this.#strain(ticks.length, cpuShare, eventLoopLagP99Micros),
    }
  }

  /** Held against the bounds that decide on the whole run, so that one bad second is a warning and no verdict. */
  #strain(workers: number, cpuShare: number, lagMicros: number): string | null {
    const { validity } = this.plan
    const silent = this.#latest.size - workers
    if (silent > 0) return `${silent} of ${this.#latest.size} workers silent`
    if (lagMicros > validity.eventLoopLagP99Ms * 1000)
      return `strained: loop lag p99 ${formatMicros(lagMicros)}`
    if (cpuShare > validity.workerCpuShare) return `strained: ${formatShare(cpuShare)} of a core`
    return null
  }
}

function clusterOf({ target, cluster: { balancer, nodes, bridge } }: Plan): string {
  if (target !== null) return targetWords(target)
  return `${balancer.kind} ${balancer.strategy} → ${nodes} nodes → ${bridge}`
}

function phaseAt({ phases }: Plan, elapsedMs: number): string {
  return phases.spans.find(({ endMs }) => elapsedMs < endMs)?.name ?? 'last answers'
}
