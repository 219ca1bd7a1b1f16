import { nowMicros } from '../base/clock.js'
import { escapeText } from '../base/escape.js'
import { formatMicros, formatShare } from '../base/format.js'
import { sumByName } from '../base/records.js'
import { sumOf } from '../base/sum.js'
import type { EventRecord } from '../chaos/event.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import { targetWords } from '../reporters/wording.js'
import { sparsePercentiles } from '../results/latency/summary.js'
import type { Tick } from '../results/worker-records.js'
import type { RunObserver, Stage } from '../run/observer.js'
import { progressOf } from './delivery-progress.js'
import { type Connections, LiveEvents } from './live-events.js'
import { LiveHistory } from './live-history.js'
import type { LiveGenerator, LiveNode, LiveState } from './view/state.js'

/** A worker sends a tick each second; one that has sent none for this long is left out of the figures. */
const SILENT_MICROS = 3_500_000

/** What is shown as the phase of each stage; during traffic, the phase of the plan. */
const stageNames: Readonly<Record<Stage, string>> = {
  cluster: 'starting',
  connect: 'connecting',
  traffic: '',
  settle: 'settling',
  judge: 'settling',
}

/** What the live view shows, kept up to date as an observer of the run. */
export class LiveModel implements Partial<RunObserver> {
  /** By worker, in the order of their first ticks. */
  readonly #latest = new Map<number, Tick>()
  /** By worker: `plannedCopies` a tick ago. What was planned since may still be on its way. */
  readonly #plannedBefore = new Map<number, number>()
  readonly #events: LiveEvents
  readonly #history: LiveHistory
  #stage: Stage = 'cluster'
  #measureMicros: number | null = null
  #cluster: Pick<Cluster, 'nodes'> | null = null
  #closed = 0
  #opened = 0

  constructor(
    readonly plan: Plan,
    readonly title: string,
    readonly now: () => number = nowMicros,
  ) {
    this.#events = new LiveEvents(plan)
    this.#history = new LiveHistory((micros) => this.#events.hasStartedSince(micros))
  }

  onStage(stage: Stage): void {
    this.#stage = stage
  }

  onCluster(cluster: Pick<Cluster, 'nodes'>): void {
    this.#cluster = cluster
  }

  onStart(measureMicros: number): void {
    this.#measureMicros = measureMicros
  }

  onTick(worker: number, tick: Tick): void {
    this.#plannedBefore.set(worker, this.#latest.get(worker)?.plannedCopies ?? 0)
    this.#latest.set(worker, tick)
    this.#history.add(worker, tick)
    this.#closed += tick.disconnects
    this.#opened += tick.connects
    this.#events.update(this.#connections())
  }

  onEvent(record: EventRecord): void {
    this.#events.onEvent(record, this.#connections())
  }

  state(): LiveState {
    const now = this.now()
    const ticks = this.#ticks(now)
    const elapsedMs =
      this.#measureMicros === null ? -this.plan.phases.warmupMs : (now - this.#measureMicros) / 1000
    const { measureMs } = this.plan.phases
    const isTraffic = this.#stage === 'traffic'
    return {
      title: escapeText(this.title),
      cluster: clusterOf(this.plan),
      phase: stageNames[this.#stage] || phaseAt(this.plan, elapsedMs),
      measured: isTraffic ? { elapsedMs: Math.min(measureMs, elapsedMs), wholeMs: measureMs } : null,
      connected: sumOf(ticks, ({ connected }) => connected),
      target: this.plan.clients.count,
      sentPerSecond: sumOf(ticks, ({ sent }) => sent),
      receivedPerSecond: sumOf(ticks, ({ received }) => received),
      latency: sparsePercentiles(ticks.map(({ latency }) => latency)),
      availability: this.#availability(),
      progress: progressOf([...this.#latest.values()]),
      history: this.#history.seconds,
      nodes: this.#nodes(ticks),
      events: this.#events.state(this.#connections(), elapsedMs, now),
      generator: this.#generator(ticks),
    }
  }

  /** Of the run so far; null before anything was planned. */
  #availability(): number | null {
    const planned = sumOf([...this.#plannedBefore.values()], (count) => count)
    const received = sumOf([...this.#latest.values()], ({ firstCopies }) => firstCopies)
    return planned === 0 ? null : Math.min(1, received / planned)
  }

  /** The latest tick of each worker that is not silent. */
  #ticks(now: number): readonly Tick[] {
    return [...this.#latest.values()].filter(({ atMicros }) => now - atMicros < SILENT_MICROS)
  }

  #connections(): Connections {
    const latest = [...this.#latest.values()]
    return {
      closed: this.#closed,
      opened: this.#opened,
      connected: sumOf(latest, ({ connected }) => connected),
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
      affectedBy: this.#events.lastOn(id),
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
      rssBytes: sumOf(ticks, ({ rssBytes }) => rssBytes),
      overload: this.#overload(ticks.length, cpuShare, eventLoopLagP99Micros),
    }
  }

  /** By the bounds that the whole run is judged by, so one bad second is a warning, not a verdict. */
  #overload(workers: number, cpuShare: number, lagMicros: number): string | null {
    const { validity } = this.plan
    const silent = this.#latest.size - workers
    if (silent > 0) return `${silent} of ${this.#latest.size} workers silent`
    if (lagMicros > validity.eventLoopLagP99Ms * 1000)
      return `overloaded: event-loop lag p99 ${formatMicros(lagMicros)}`
    if (cpuShare > validity.workerCpuShare) return `overloaded: ${formatShare(cpuShare)} of a core`
    return null
  }
}

function clusterOf({ target, cluster: { balancer, nodes, bridge } }: Plan): string {
  if (target !== null) return targetWords(target)
  return `${balancer.kind} ${balancer.strategy} → ${nodes} nodes → ${bridge}`
}

function phaseAt({ phases }: Plan, elapsedMs: number): string {
  return phases.spans.find(({ endMs }) => elapsedMs < endMs)?.name ?? 'waiting for acks'
}
