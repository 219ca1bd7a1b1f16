import { nowMicros } from '../base/clock.js'
import type { ChannelGroupPlan, Plan } from '../plan/plan.js'
import { PhaseTable } from '../results/delivery/phase-table.js'
import type { StreamLedger } from '../results/delivery/types.js'
import { type PublishedCounts, sumPublished } from '../results/worker-records.js'
import { BackendPublisher } from './backend-publisher.js'
import { ClientPublisher } from './client-publisher.js'
import type { ConnectionCounters } from './connection-counters.js'
import { MemberRoute } from './external/member-route.js'
import type { TargetClients } from './external/target-clients.js'
import { EchoRoute, publisherHeartbeats, TargetPublisher } from './external/target-publisher.js'
import type { Heartbeats } from './heartbeats.js'
import { Ledger } from './ledger.js'
import type { PublisherRoute } from './publisher-route.js'
import type { Recorder } from './recorder.js'
import { createSchedule, type Schedule } from './schedule.js'
import { TimerHeap } from './timer-heap.js'
import type { WorkerContext } from './worker-context.js'

interface Publisher {
  readonly index: number
  readonly group: ChannelGroupPlan
  readonly channel: number
  readonly ledger: Ledger
  readonly schedule: Schedule
  readonly route: PublisherRoute
}

/**
 * The publishers of one worker, open loop: each message has an planned send time. A late message is sent all the same, and its
 * delay is recorded. A message that finds no open connection is in the ledger as failed.
 */
export class Publishers {
  sent = 0
  /** Copies that the failed messages would have had. */
  unsentCopies = 0
  /** Scheduled sends times members, since the start. */
  plannedCopies = 0
  /** Heartbeats of publishers on a target; null if there are none. */
  readonly heartbeats: Heartbeats | null
  readonly #publishers: Publisher[] = []
  readonly #heap = new TimerHeap()
  #startMicros = 0
  #endMicros = 0
  #timer: NodeJS.Timeout | undefined
  #isPublishing = false

  constructor(
    readonly context: WorkerContext,
    readonly counters: ConnectionCounters,
    readonly recorder: Recorder,
    /** Null unless there is a target with a protocol other than the reference protocol. */
    readonly targetClients: TargetClients | null,
  ) {
    const backend = new BackendPublisher(context)
    for (const group of context.plan.channels) {
      const first = group.firstPublisher
      for (let index = first; index < first + group.count * group.publishers; index += 1) {
        if (workerOf(group, index, context.plan) === context.worker) this.#add(group, index, backend)
      }
    }
    const { heartbeat } = context.plan.clients
    const pinged = this.#publishers
      .map(({ route }) => route)
      .filter((route) => route instanceof TargetPublisher)
    this.heartbeats = heartbeat && pinged.length > 0 ? publisherHeartbeats(pinged, heartbeat) : null
  }

  get count(): number {
    return this.#publishers.length
  }

  get open(): number {
    return this.#publishers.reduce((open, { route }) => open + (route.isOpen ? 1 : 0), 0)
  }

  /** Of each publisher that was not connected once: the number of its last refusal. */
  get refusalsOfAbsent(): number[] {
    return this.#publishers.map(({ route }) => route.refusalIfAbsent).filter((refusal) => refusal !== null)
  }

  get isDone(): boolean {
    return !this.#isPublishing
  }

  connect(local: number): void {
    this.#publishers[local]?.route.connect()
  }

  /** Publishes from the beginning of warm-up to the end of the measure phase, which begins at `measureMicros`. */
  start(measureMicros: number): void {
    const { warmupMs, measureMs, spans } = this.context.plan.phases
    const startMicros = measureMicros - warmupMs * 1000
    const { startsMicros } = new PhaseTable(spans, measureMicros)
    this.#startMicros = startMicros
    this.#endMicros = measureMicros + measureMs * 1000
    this.#isPublishing = true
    this.#publishers.forEach(({ ledger, schedule }, local) => {
      ledger.begin(startsMicros)
      this.#heap.push(startMicros + schedule.nextMicros, local)
    })
    this.#publishDue()
  }

  /** The run is cut short: what was scheduled until now is sent, and nothing after it. */
  stop(): void {
    if (!this.#isPublishing) return
    const untilMicros = Math.min(nowMicros(), this.#endMicros)
    while (this.#heap.earliest < untilMicros) this.#sendNext()
    this.#finish()
  }

  /** Whether every written message is answered, or was written more than `graceMicros` ago. */
  isAnswered(atMicros: number, graceMicros: number): boolean {
    return this.#publishers.every(
      ({ ledger }) => ledger.unanswered === 0 || ledger.lastMicros + graceMicros < atMicros,
    )
  }

  ledgers(): StreamLedger[] {
    return this.#publishers.map(({ ledger }) => ledger.toStream())
  }

  counts(): PublishedCounts {
    return sumPublished(this.#publishers.map(({ ledger }) => ledger.counts))
  }

  destroy(): void {
    this.#finish()
    for (const { route } of this.#publishers) route.destroy()
  }

  #add(group: ChannelGroupPlan, index: number, backend: BackendPublisher): void {
    const { plan } = this.context
    const seconds = (plan.phases.warmupMs + plan.phases.measureMs) / 1000
    const ledger = new Ledger(index, Math.ceil(seconds * group.rateHz) + 1)
    const channel = group.firstChannel + Math.floor((index - group.firstPublisher) / group.publishers)
    this.#publishers.push({
      index,
      group,
      channel,
      ledger,
      schedule: createSchedule(group, index, plan.seed),
      route: this.#route({ group, index, channel, ledger }, backend),
    })
  }

  #route(
    { group, index, channel, ledger }: Pick<Publisher, 'group' | 'index' | 'channel' | 'ledger'>,
    backend: BackendPublisher,
  ): PublisherRoute {
    const { context, targetClients, counters } = this
    const { via, sizeBytes } = group
    if (via === 'backend') return backend.route(ledger, sizeBytes)
    if (targetClients === null) return new ClientPublisher(context, index, sizeBytes, ledger, counters)
    if (via === 'echo') {
      return new EchoRoute(context, targetClients.connectionOfGlobal(index), sizeBytes, ledger)
    }
    if (via === 'members') {
      const client = memberOf(group, index, context.plan)
      return new MemberRoute(context, targetClients.connectionOfGlobal(client), index, sizeBytes, ledger)
    }
    return new TargetPublisher(context, index, channel, sizeBytes, ledger, counters)
  }

  #publishDue(): void {
    while (this.#heap.earliest <= nowMicros() && this.#heap.earliest < this.#endMicros) this.#sendNext()
    const isLast = this.#heap.earliest >= this.#endMicros
    const delayMs = (Math.min(this.#heap.earliest, this.#endMicros) - nowMicros()) / 1000
    this.#timer = setTimeout(() => (isLast ? this.#finish() : this.#publishDue()), Math.max(0, delayMs))
  }

  #finish(): void {
    clearTimeout(this.#timer)
    this.#isPublishing = false
  }

  #sendNext(): void {
    const scheduledMicros = this.#heap.earliest
    const local = this.#heap.pop()
    const publisher = this.#publishers[local]!
    this.#publish(publisher, scheduledMicros)
    publisher.schedule.advance()
    this.#heap.push(this.#startMicros + publisher.schedule.nextMicros, local)
  }

  #publish({ index, channel, group, ledger, route }: Publisher, scheduledMicros: number): void {
    // A text tag holds whole µs, and the ledger must have the same values.
    const isTextTag = this.targetClients !== null
    const plannedMicros = isTextTag ? Math.round(scheduledMicros) : scheduledMicros
    const sentMicros = isTextTag ? Math.ceil(nowMicros()) : nowMicros()
    this.plannedCopies += copiesOf(group)
    const isWritten = route.send({
      run: this.context.run,
      publisher: index,
      channel,
      sequence: ledger.nextSequence,
      plannedMicros,
      sentMicros,
    })
    if (!isWritten) {
      ledger.failed(plannedMicros, sentMicros)
      this.unsentCopies += copiesOf(group)
      return
    }
    ledger.written(plannedMicros, sentMicros)
    if (group.via === 'echo') ledger.acked(ledger.nextSequence - 1)
    this.sent += 1
    this.recorder.sent(plannedMicros, sentMicros, 1e6 / group.rateHz)
  }
}

/** The client that is this publisher of the group. */
function memberOf({ firstPublisher }: ChannelGroupPlan, index: number, { clients }: Plan): number {
  return (index - firstPublisher) % clients.count
}

/** A member publishes in the worker that has its connection. */
function workerOf(group: ChannelGroupPlan, index: number, plan: Plan): number {
  return (group.via === 'members' ? memberOf(group, index, plan) : index) % plan.workers
}

/** How many clients a message of the group is due to. */
function copiesOf({ members, via, echoes }: ChannelGroupPlan): number {
  return via === 'members' && !echoes ? members - 1 : members
}
