import { randomInt } from 'node:crypto'
import { nowMicros } from '../base/clock.js'
import { escapeText } from '../base/escape.js'
import { packageVersion } from '../base/package-info.js'
import { UndoStack } from '../base/undo-stack.js'
import { WallClock } from '../base/wall-clock.js'
import { changesPool, type EventRecord, type Explains } from '../chaos/event.js'
import { type EventKind, eventOf, events } from '../chaos/index.js'
import { Timeline } from '../chaos/timeline.js'
import type { Cluster } from '../cluster/cluster.js'
import { backlogDisconnectsOf } from '../cluster/node-stats.js'
import { Generator } from '../generator/generator.js'
import type { FromWorker } from '../generator/messages.js'
import type { Plan } from '../plan/plan.js'
import { assembleResult } from '../results/assemble/assemble.js'
import { checkConservation } from '../results/delivery/conservation.js'
import { mergeDelivery, mergeDisconnects, mergeUnackedDelivered } from '../results/delivery/merge.js'
import type { CauseWindow, StreamLedger } from '../results/delivery/types.js'
import { countUnackedDelivered } from '../results/delivery/unacked-delivered.js'
import { AbortWatch } from '../results/gates/abort-watch.js'
import { CompleteSeconds } from '../results/gates/complete-seconds.js'
import type { Result } from '../results/result.js'
import type { Abort, NodeLifetime, RunRecord } from '../results/run-record.js'
import { sumPublished, type Tick } from '../results/worker-records.js'
import { Guard } from './guard.js'
import { cleanupRequired, tellAtExit } from './not-undone.js'
import { listenOverflows, Sampler } from './sampler.js'

export type Stage = 'cluster' | 'connect' | 'traffic' | 'settle' | 'judge'

/** What a run shows while it goes on. */
export interface RunObserver {
  onStage(stage: Stage): void
  /** It is up; its nodes change as the run goes on. */
  onCluster(cluster: Pick<Cluster, 'nodes'>): void
  onTick(worker: number, tick: Tick): void
  onEvent(record: EventRecord): void
  /** The measure phase begins at `measureMicros`. */
  onStart(measureMicros: number): void
  /** A part died, so the logs of all were kept in `directory`. */
  onLogsKept(directory: string): void
}

/** Shows nothing; what an observer of less than all is made from. */
export const unwatched: RunObserver = {
  onStage() {},
  onCluster() {},
  onTick() {},
  onEvent() {},
  onStart() {},
  onLogsKept() {},
}

export interface RunOptions {
  readonly plan: Plan
  readonly scenarioHash: string
  readonly environment: Result['environment']
  readonly startCluster: () => Promise<Cluster>
  readonly observer: RunObserver
  /** First Ctrl-C: stop publishing, settle, and report what there is. */
  readonly signal: AbortSignal
}

const TEARDOWN_MS = 20_000
/** Between the order to start and the first message, so that every worker has heard it. */
const START_LEAD_MS = 250

/**
 * A whole run: whatever happens, what was set up is taken down in reverse before this resolves or throws. What could not be
 * is told on stderr, and becomes a note of the result.
 */
export async function run(options: RunOptions): Promise<Result> {
  const undo = new UndoStack(TEARDOWN_MS)
  let troubles: readonly string[] = []
  let result: Result
  try {
    result = await measure(options, undo)
  } finally {
    troubles = await undo.all()
    for (const trouble of troubles) process.stderr.write(`${escapeText(trouble)}\n`)
  }
  return troubles.length === 0 ? result : withNotes(result, troubles)
}

/** On one page: cluster up, clients connected, traffic and chaos, all settled, classified, assembled. */
async function measure(options: RunOptions, undo: UndoStack): Promise<Result> {
  const { plan, observer } = options
  const halt = follow(options.signal)
  const { signal } = halt
  const faults: string[] = []
  const guard = new Guard(plan, () => halt.abort())
  undo.push('the guard', async () => guard.end())
  const stopping = follow(signal)
  observer.onStage('cluster')
  const cluster = await options.startCluster()
  undo.push('the cluster', () => cluster.down())
  observer.onCluster(cluster)
  const sampler = new Sampler(cluster)
  undo.push('the sampler', () => sampler.stop())

  observer.onStage('connect')
  const ticks = Array.from({ length: plan.workers }, (): Tick[] => [])
  const wallClock = new WallClock()
  const abortGates = abortGateMonitor(plan, stopping)
  const overflowsBefore = await listenOverflows()
  const generator = await Generator.start({
    plan,
    run: randomInt(1, 2 ** 32 - 1),
    endpoints: cluster.endpoints,
    brokerUrl: cluster.brokerUrl,
    onTick(worker, tick) {
      ticks[worker]?.push(tick)
      wallClock.look()
      guard.onTick(worker, tick)
      abortGates.look(tick)
      observer.onTick(worker, tick)
    },
    onFault: (worker, message) => faults.push(`generator worker ${worker}: ${message}`),
  })
  undo.push('the generator', () => generator.end())
  const startedAt = new Date().toISOString()
  const connectStartedMicros = nowMicros()
  await connect(generator, connectDeadlineMs(plan), signal)
  const connectFinishedMicros = nowMicros()

  const measureMicros = nowMicros() + (START_LEAD_MS + plan.phases.warmupMs) * 1000
  observer.onStart(measureMicros)
  abortGates.begin(measureMicros)
  observer.onStage('traffic')
  guard.watch()
  const chaos = follow(stopping.signal)
  const timeline = new Timeline({
    events: plan.chaos,
    seed: plan.seed,
    cluster,
    disturb: generator.disturb,
    measureMicros,
    measureMs: plan.phases.measureMs,
    signal: chaos.signal,
    onChange: (record) => observer.onEvent(record),
  })
  const forget = tellAtExit(timeline)
  const undoChaos = async (): Promise<void> => {
    chaos.abort()
    await timeline.finished
    forget()
    const left = cleanupRequired(timeline)
    if (left.length > 0) throw new Error(left.join('; '))
  }
  undo.push('the chaos', undoChaos, chaosEndMs(plan))
  const published = await publish(generator, measureMicros, stopping.signal)
  const stoppedMicros = nowMicros()

  observer.onStage('settle')
  const ledgers = published.flatMap((worker) => worker.ledgers)
  const unackedDelivered = mergeUnackedDelivered(await generator.settle(ledgers))
  const backlogDisconnects = await backlogDisconnectsOf(cluster.nodes)
  observer.onStage('judge')
  const records = timeline.records()
  const { poolRemovals } = cluster
  const judged = await generator.judge({ unackedDelivered, causes: causesOf(records, plan), poolRemovals })
  await sampler.stop()
  const overflowsAfter = await listenOverflows()
  const delivery = mergeDelivery(judged.map((worker) => worker.delivery))
  return assembleResult({
    ...options,
    toolVersion: packageVersion,
    cluster: cluster.info,
    nodes: plan.target === null ? sampler.lives : lifetimesSeen(ticks, connectStartedMicros),
    samples: sampler.samples,
    startedAt,
    connectStartedMicros,
    connectFinishedMicros,
    measureMicros,
    stoppedMicros,
    published: sumPublished(published.map(({ published: counts }) => counts)),
    unackedDelivered: countUnackedDelivered(ledgers, unackedDelivered),
    silence: silenceAfter(ledgers, delivery.lastDeliveredMicros),
    delivery,
    disconnects: mergeDisconnects(judged.map((worker) => worker.disconnects)),
    events: records,
    poolRemovals,
    backlogDisconnects,
    ticks,
    workers: judged,
    listenOverflows:
      overflowsBefore === null || overflowsAfter === null ? null : overflowsAfter - overflowsBefore,
    wallClockSteps: wallClock.steps,
    abort: abortGates.abort,
    trouble: {
      isInterrupted: signal.aborted,
      haltReason: guard.reason,
      faults,
      unexpectedExits: cluster.unexpectedExits,
      violations: checkConservation(delivery),
    },
  })
}

function withNotes({ scenario, ...result }: Result, notes: readonly string[]): Result {
  const plan = { ...scenario.plan, notes: [...scenario.plan.notes, ...notes] }
  return { ...result, scenario: { ...scenario, plan } }
}

/** How long the slowest event may take to end. */
function chaosEndMs({ chaos }: Plan): number {
  return Math.max(0, ...chaos.map(({ action }) => eventOf(action).endMs?.(action) ?? 0))
}

interface AbortGateMonitor {
  readonly abort: Abort | null
  begin(measureMicros: number): void
  look(tick: Tick): void
}

/** Stops the run with the first second in which a gate that may do so is missed. */
function abortGateMonitor({ aborts, phases }: Plan, stopping: AbortController): AbortGateMonitor {
  const watch = new AbortWatch(aborts, phases.spans)
  let seconds: CompleteSeconds | null = null
  let abort: Abort | null = null
  return {
    get abort() {
      return abort
    },
    begin(measureMicros) {
      if (aborts.length > 0) seconds = new CompleteSeconds(measureMicros)
    },
    look(tick) {
      if (abort || !seconds) return
      for (const second of seconds.take(tick)) abort ??= watch.look(second)
      if (abort) stopping.abort()
    },
  }
}

/** Opens all, or what can be opened before the deadline passes or `signal` fires. */
async function connect(generator: Generator, deadlineMs: number, signal: AbortSignal): Promise<void> {
  const limit = follow(signal)
  const timer = setTimeout(() => limit.abort(), deadlineMs)
  await generator.connect(limit.signal)
  clearTimeout(timer)
}

/** Aborts with `signal`, or before it. AbortSignal.any won't do: Node 20 may collect a timeout it was given. */
function follow(signal: AbortSignal): AbortController {
  const controller = new AbortController()
  if (signal.aborted) controller.abort()
  else signal.addEventListener('abort', () => controller.abort(), { once: true })
  return controller
}

type Published = Extract<FromWorker, { type: 'published' }>

/** Publishes until the end of the measure phase, or until `signal` fires. */
async function publish(
  generator: Generator,
  measureMicros: number,
  signal: AbortSignal,
): Promise<Published[]> {
  const stop = (): void => generator.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const published = generator.publish(measureMicros)
    if (signal.aborted) stop()
    return await published
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Time to open all at the paced rate, and three tries more for the last: whole ms, as timers want it. */
function connectDeadlineMs({ clients, estimate }: Plan): number {
  return (
    Math.ceil((estimate.connections / clients.connectRateHz) * 1000) + 3 * Math.ceil(clients.connectTimeoutMs)
  )
}

function silenceAfter(ledgers: readonly StreamLedger[], micros: number): RunRecord['silence'] {
  const sends = ledgers.reduce(
    (sum, { sentMicros }) => sum + sentMicros.filter((sent) => sent > micros).length,
    0,
  )
  const last = Math.max(micros, ...ledgers.map(({ sentMicros }) => sentMicros.at(-1) ?? micros))
  return { sends, lastsMicros: last - micros }
}

/** What an event broke shows within the grace period after it has finished. */
function causesOf(records: readonly EventRecord[], { phases }: Plan): CauseWindow[] {
  return records.map(({ id, kind, startedMicros, finishedMicros, turns }) => {
    const event = events[kind as EventKind]
    const explains: Explains = event.explains
    const untilMicros = (micros: number): number =>
      explains.isForGood ? Number.POSITIVE_INFINITY : micros + phases.graceMs * 1000
    return {
      id,
      explains,
      startedMicros,
      untilMicros: untilMicros(finishedMicros),
      turns: turns.map((turn) => ({ ...turn, untilMicros: untilMicros(turn.finishedMicros) })),
      poolChangedMicros: changesPool(event) ? finishedMicros : null,
    }
  })
}

/** Nodes of a target, as its clients heard of them: nobody knows since when they are there, or whether they still are. */
function lifetimesSeen(ticks: readonly (readonly Tick[])[], joinedMicros: number): NodeLifetime[] {
  const names = new Set(ticks.flat().flatMap(({ connectedByNode }) => Object.keys(connectedByNode)))
  return [...names].sort().map((id) => ({ id, joinedMicros, leftMicros: null }))
}
