import { nowMicros } from '../base/clock.js'
import { createRandom } from '../base/random.js'
import { sumOf } from '../base/sum.js'
import { classify } from '../results/delivery/classify.js'
import { SubscriptionLayout } from '../results/delivery/layout.js'
import { LedgerIndex } from '../results/delivery/ledger-index.js'
import { pending } from '../results/delivery/pending.js'
import { DeliveryTracker } from '../results/delivery/tracker.js'
import type { StreamLedger } from '../results/delivery/types.js'
import { unackedDelivered } from '../results/delivery/unacked-delivered.js'
import type { HeartbeatCounts } from '../results/worker-records.js'
import { Clients } from './clients.js'
import { Disturbances } from './disturbances.js'
import { TargetAccess } from './external/target-access.js'
import { TargetClients } from './external/target-clients.js'
import type { Heartbeats } from './heartbeats.js'
import { HopRecorder } from './hop-recorder.js'
import type { FromWorker, ToWorker } from './messages.js'
import { NodeNames } from './node-names.js'
import { Publishers } from './publishers.js'
import { Recorder } from './recorder.js'
import type { Subscribers } from './subscribers.js'
import { Ticker } from './ticker.js'
import type { WorkerContext } from './worker-context.js'

/** Delivery boundary ε (docs/delivery.md), µs: two readings of one clock, and a scheduling quantum. */
export const BOUNDARY_MICROS = 5_000
const CHECK_MS = 50
const PACE_MS = 5
/** Handshakes that a worker may always have in progress at once, at any connect rate. */
const MIN_IN_FLIGHT = 16

type Init = Extract<ToWorker, { type: 'init' }>
type Disturb = Extract<ToWorker, { type: 'disturb' }>
type Judge = Extract<ToWorker, { type: 'judge' }>

/** One worker's run: a method for each step that the parent requests. Answers are sent by `send`. */
export class WorkerRun {
  readonly #context: WorkerContext
  readonly #nodes = new NodeNames()
  readonly #recorder: Recorder
  readonly #hops: HopRecorder
  readonly #tracker: DeliveryTracker
  readonly #clients: Subscribers
  readonly #disturbances: Disturbances
  readonly #publishers: Publishers
  readonly #ticker: Ticker
  readonly #graceMicros: number
  #ledgers: readonly StreamLedger[] = []
  #measureMicros = Number.POSITIVE_INFINITY

  /** Throws a setupError if a target's feed or protocol module can't be read. */
  static async open(init: Init, send: (message: FromWorker) => void): Promise<WorkerRun> {
    const { target, seed } = init.plan
    const isOurs = target === null || target.protocol.kind === 'reference'
    return new WorkerRun(init, isOurs ? null : await TargetAccess.open(target, seed), send)
  }

  private constructor(
    init: Init,
    access: TargetAccess | null,
    readonly send: (message: FromWorker) => void,
  ) {
    const { plan, worker } = init
    this.#context = { ...init, access, random: createRandom(plan.seed + worker + 1) }
    this.#graceMicros = plan.phases.graceMs * 1000
    const layout = new SubscriptionLayout(plan.clients.count, plan.channels, worker, plan.workers)
    this.#recorder = new Recorder(plan, layout)
    this.#hops = new HopRecorder(plan.estimate.deliveriesPerSecond)
    this.#tracker = new DeliveryTracker(layout, plan.phases.spans, BOUNDARY_MICROS, this.#graceMicros)
    const shared = [this.#context, layout, this.#tracker, this.#recorder, this.#nodes] as const
    const targetClients = access && new TargetClients(...shared)
    this.#clients = targetClients ?? new Clients(this.#hops, ...shared)
    this.#disturbances = new Disturbances(this.#clients)
    this.#publishers = new Publishers(this.#context, this.#clients.counters, this.#recorder, targetClients)
    this.#ticker = new Ticker(this.#clients, this.#publishers, this.#recorder, this.#nodes, (tick) =>
      send({ type: 'tick', ...tick }),
    )
  }

  /** Connects the publishers and then the clients, at this worker's share of the connect rate. */
  connect(): void {
    const { plan } = this.#context
    const rateHz = plan.clients.connectRateHz / plan.workers
    // One second's worth: more could overflow the listen queue of a slow balancer.
    const mostInFlight = Math.max(MIN_IN_FLIGHT, rateHz)
    const total = this.#publishers.count + this.#clients.count
    const startMicros = nowMicros()
    let started = 0
    for (const heartbeats of this.#heartbeats) heartbeats.start()
    const pace = setInterval(() => {
      const due = dueStarts(rateHz, nowMicros() - startMicros, total)
      for (; started < due && this.#clients.counters.inFlight < mostInFlight; started += 1) {
        this.#connectNext(started)
      }
      if (started < total) return
      clearInterval(pace)
      this.#until(
        () =>
          this.#clients.everSubscribed === this.#clients.count &&
          this.#publishers.open === this.#publishers.count,
        () => this.send({ type: 'connected' }),
      )
    }, PACE_MS)
  }

  start(measureMicros: number): void {
    this.#measureMicros = measureMicros
    this.#recorder.setMeasureStart(measureMicros)
    this.#hops.setMeasureStart(measureMicros)
    this.#tracker.setMeasureStart(measureMicros)
    this.#ticker.align(measureMicros)
    this.#publishers.start(measureMicros)
    this.#until(
      () => this.#publishers.isDone && this.#publishers.isAnswered(nowMicros(), this.#graceMicros),
      () =>
        this.send({
          type: 'published',
          ledgers: this.#publishers.ledgers(),
          published: this.#publishers.counts(),
          disturbed: Object.fromEntries(this.#disturbances.connections),
        }),
    )
  }

  stop(): void {
    this.#publishers.stop()
  }

  disturb({ id, seed, disturbance }: Disturb): void {
    this.#disturbances.begin(id, seed, disturbance)
  }

  endDisturbance(id: string): void {
    this.#disturbances.end(id)
  }

  /** Waits until every due message was received or its deadline has passed. */
  settle(ledgers: readonly StreamLedger[]): void {
    this.#ledgers = ledgers
    const index = new LedgerIndex(ledgers, this.#tracker.layout.streams)
    this.#until(
      () => pending(this.#tracker, index, nowMicros() - this.#graceMicros) === 0,
      () => {
        for (const heartbeats of this.#heartbeats) heartbeats.stop()
        this.#ticker.settled()
        this.#tracker.close()
        this.send({ type: 'settled', unackedDelivered: unackedDelivered(this.#tracker, index) })
      },
    )
  }

  judge({ unackedDelivered, causes, poolRemovals }: Judge): void {
    const { plan } = this.#context
    const stoppedMicros = nowMicros()
    const delivery = classify(this.#tracker, {
      ledgers: this.#ledgers,
      unackedDelivered,
      causes,
      measureMicros: this.#measureMicros,
      nodeNames: this.#nodes.names,
      groupNames: plan.channels.map(({ name }) => name),
    })
    const disconnects = this.#tracker.disconnects({
      causes,
      poolRemovals,
      stoppedMicros,
      nodeNames: this.#nodes.names,
    })
    const { attempted, opened, failed, reconnects, closeCodes, refusals } = this.#clients.counters
    const absentPublishers = this.#publishers.refusalsOfAbsent
    const heartbeats = heartbeatCounts(this.#heartbeats)
    this.send({
      type: 'judged',
      delivery,
      disconnects,
      connections: {
        attempted,
        opened,
        failed: failed.toRecord(),
        reconnects,
        closeCodes: closeCodes.toRecord(),
        heartbeats,
        refusals: refusals.report(this.#clients.refusalsOfAbsent, absentPublishers),
        publishersNeverConnected: absentPublishers.length,
      },
      histograms: { ...this.#recorder.encode(), hops: this.#hops.encode() },
      health: this.#ticker.health(this.#clients.count + this.#publishers.count),
    })
  }

  get #heartbeats(): readonly Heartbeats[] {
    return [this.#clients.heartbeats, this.#publishers.heartbeats].filter((heartbeats) => heartbeats !== null)
  }

  #connectNext(order: number): void {
    if (order < this.#publishers.count) this.#publishers.connect(order)
    else this.#clients.connect(order - this.#publishers.count)
  }

  #until(isMet: () => boolean, then: () => void): void {
    if (isMet()) then()
    else setTimeout(() => this.#until(isMet, then), CHECK_MS)
  }
}

function heartbeatCounts(all: readonly Heartbeats[]): HeartbeatCounts {
  return {
    sent: sumOf(all, ({ sent }) => sent),
    answered: sumOf(all, ({ answered }) => answered),
    missed: sumOf(all, ({ missed }) => missed),
  }
}

/**
 * How many of `total` connections should have been started `elapsedMicros` after the first, at `rateHz`. The first is due at
 * once.
 */
export function dueStarts(rateHz: number, elapsedMicros: number, total: number): number {
  return Math.min(total, Math.floor((elapsedMicros * rateHz) / 1e6) + 1)
}
