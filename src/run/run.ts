import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { nowMicros } from '../base/clock.js'
import { escapeText } from '../base/escape.js'
import { formatCount } from '../base/format.js'
import { linkedController } from '../base/linked-controller.js'
import { packageVersion } from '../base/package-info.js'
import { sumByName } from '../base/records.js'
import { sumOf } from '../base/sum.js'
import { UndoStack } from '../base/undo-stack.js'
import { WallClock } from '../base/wall-clock.js'
import { eventOf } from '../chaos/index.js'
import { withEvidenceOfClients } from '../chaos/proof.js'
import { Timeline } from '../chaos/timeline.js'
import { balancers } from '../cluster/balancers/index.js'
import type { Cluster } from '../cluster/cluster.js'
import { startWarden, type WardenHandle } from '../cluster/local/start-warden.js'
import { backlogDisconnectsOf } from '../cluster/node-stats.js'
import { Generator } from '../generator/generator.js'
import type { FromWorker } from '../generator/messages.js'
import type { Plan } from '../plan/plan.js'
import { assembleResult } from '../results/assemble/assemble.js'
import { causesOfEvents } from '../results/delivery/causes-of-events.js'
import { checkConservation } from '../results/delivery/conservation.js'
import { mergeDelivery, mergeDisconnects, mergeUnackedDelivered } from '../results/delivery/merge.js'
import type { StreamLedger } from '../results/delivery/types.js'
import { countUnackedDelivered } from '../results/delivery/unacked-delivered.js'
import { AbortGates } from '../results/gates/abort-gates.js'
import type { Result } from '../results/result.js'
import type { NodeLifetime, RunRecord } from '../results/run-record.js'
import { sumPublished, type Tick } from '../results/worker-records.js'
import { cleanupRequired, sayCleanupAtExit } from './cleanup.js'
import { Guard } from './guard.js'
import { combineObservers, type RunObserver } from './observer.js'
import { Sampler } from './sampler.js'

export interface RunOptions {
  readonly plan: Plan
  readonly scenarioHash: string
  readonly environment: Result['environment']
  /** `signal` ends the wait for a part that does not become ready. */
  readonly startCluster: (context: ClusterContext) => Promise<Cluster>
  readonly observer: Partial<RunObserver>
  /** First Ctrl-C: stop publishing, settle, and report what was measured. */
  readonly signal: AbortSignal
}

export interface ClusterContext {
  readonly warden: WardenHandle
  readonly signal: AbortSignal
}

const TEARDOWN_MS = 20_000
/** Between the command to start and the first message, so that every worker has received it. */
const START_LEAD_MS = 250
/** How long events may take to be undone after the measure phase. */
const EVENTS_END_MS = 10_000

/**
 * A complete run: in any case, what was set up is taken down in reverse order before this resolves or throws. Errors on the
 * way down go to the observer and become notes of the result.
 */
export async function run(options: RunOptions): Promise<Result> {
  const undo = new UndoStack(TEARDOWN_MS)
  const warden = await startWarden()
  undo.push('the warden', () => warden.leave())
  let errors: readonly string[] = []
  let result: Result
  try {
    result = await measure(options, undo, warden)
  } finally {
    errors = [...(await undo.all()), ...wardenFaults(warden)]
    for (const error of errors) options.observer.onError?.(escapeText(error))
  }
  return errors.length === 0 ? result : withNotes(result, errors)
}

/** The run on one page: cluster up, clients connected, traffic and events, all settled, classified, assembled. */
async function measure(options: RunOptions, undo: UndoStack, warden: WardenHandle): Promise<Result> {
  const { plan, scenarioHash, environment } = options
  const guard = new Guard(plan, options.signal)
  undo.push('the guard', async () => guard.end())
  const stopping = linkedController(guard.signal)
  const ticks = Array.from({ length: plan.workers }, (): Tick[] => [])
  const wallClock = new WallClock()
  const abortGates = new AbortGates(plan, () => stopping.abort())
  const observer = combineObservers([
    { onTick: (worker, tick) => ticks[worker]?.push(tick) },
    { onTick: () => wallClock.check() },
    guard,
    abortGates,
    options.observer,
  ])

  observer.onStage('cluster')
  const cluster = await options.startCluster({ warden, signal: guard.signal })
  undo.push('the cluster', () => cluster.down())
  observer.onCluster(cluster)
  const sampler = new Sampler(cluster)
  undo.push('the sampler', () => sampler.stop())

  observer.onStage('connect')
  const faults: string[] = []
  const generator = await Generator.start({
    plan,
    run: randomInt(1, 2 ** 32 - 1),
    endpoints: cluster.endpoints,
    brokerUrl: cluster.brokerUrl,
    onTick: observer.onTick,
    onFault: (worker, message) => faults.push(`${workerWords(plan, worker)}: ${message}`),
    warden,
    signal: guard.signal,
  })
  undo.push('the generator', () => generator.end())
  const connected = await connect(generator, plan, guard.signal)

  const measureMicros = nowMicros() + (START_LEAD_MS + plan.phases.warmupMs) * 1000
  observer.onStart(measureMicros)
  observer.onStage('traffic')
  const timeline = startEvents(cluster, generator, { plan, measureMicros, observer, undo }, stopping.signal)
  const published = await publish(generator, measureMicros, stopping.signal)
  const stoppedMicros = nowMicros()
  const isCutShort = stopping.signal.aborted
  const settled = await settle(generator, cluster, timeline, { plan, observer, published, isCutShort })
  await sampler.stop()
  return assembleResult({
    toolVersion: packageVersion,
    plan,
    scenarioHash,
    environment,
    cluster: cluster.info,
    nodes: plan.target === null ? sampler.lifetimes : lifetimesSeen(ticks, connected.connectStartedMicros),
    samples: sampler.samples,
    ...connected,
    measureMicros,
    stoppedMicros,
    ...settled,
    ticks,
    listenOverflows: sampler.listenOverflows(),
    wallClockSteps: wallClock.steps,
    abort: abortGates.abort,
    incidents: {
      isInterrupted: guard.signal.aborted,
      haltReason: guard.reason,
      faults,
      unexpectedExits: cluster.unexpectedExits,
      violations: checkConservation(settled.delivery),
    },
  })
}

/** `generator worker 1 (500 of 1,000 clients, 2 of 4 publishers)` */
function workerWords({ clients, channels, workers }: Plan, worker: number): string {
  const share = (count: number) => Math.ceil((count - worker) / workers)
  const publishers = sumOf(channels, ({ count, publishers: each, via }) =>
    via === 'echo' ? 0 : count * each,
  )
  const shares = [
    `${formatCount(share(clients.count))} of ${formatCount(clients.count)} clients`,
    ...(publishers === 0
      ? []
      : [`${formatCount(share(publishers))} of ${formatCount(publishers)} publishers`]),
  ]
  return `generator worker ${worker} (${shares.join(', ')})`
}

function wardenFaults({ fault }: WardenHandle): string[] {
  if (fault === null) return []
  return [
    `the process that cleans up after a crash (warden) ${fault}; had wsbench been killed, processes would have stayed`,
  ]
}

function withNotes({ scenario, ...result }: Result, notes: readonly string[]): Result {
  const plan = { ...scenario.plan, notes: [...scenario.plan.notes, ...notes] }
  return { ...result, scenario: { ...scenario, plan } }
}

interface EventContext {
  readonly plan: Plan
  readonly measureMicros: number
  readonly observer: RunObserver
  readonly undo: UndoStack
}

/** Runs the scenario's events at their times, until `signal` fires or the run is taken down. */
function startEvents(
  cluster: Cluster,
  generator: Generator,
  { plan, measureMicros, observer, undo }: EventContext,
  signal: AbortSignal,
): Timeline {
  const stopping = linkedController(signal)
  const timeline = new Timeline({
    events: plan.chaos,
    seed: plan.seed,
    cluster,
    disturb: generator.disturb,
    measureMicros,
    measureMs: plan.phases.measureMs,
    signal: stopping.signal,
    onChange: observer.onEvent,
  })
  const endCleanupAtExit = sayCleanupAtExit(timeline, observer.onError)
  const end = async (): Promise<void> => {
    stopping.abort()
    await timeline.finished
    endCleanupAtExit()
    const cleanup = cleanupRequired(timeline)
    if (cleanup.length > 0) throw new Error(cleanup.join('; '))
  }
  const slowestMs = Math.max(0, ...plan.chaos.map(({ action }) => eventOf(action).endMs?.(action) ?? 0))
  undo.push('the events', end, slowestMs)
  return timeline
}

/** Opens all connections, or as many as open before the deadline passes or `signal` fires. */
async function connect(generator: Generator, plan: Plan, signal: AbortSignal) {
  const startedAt = new Date().toISOString()
  const connectStartedMicros = nowMicros()
  const limit = linkedController(signal)
  const timer = setTimeout(() => limit.abort(), connectDeadlineMs(plan))
  await generator.connect(limit.signal)
  clearTimeout(timer)
  return { startedAt, connectStartedMicros, connectFinishedMicros: nowMicros() }
}

/** Enough to open all at the planned rate, and for three more attempts of the last; whole ms, as timers need it. */
function connectDeadlineMs({ clients, estimate }: Plan): number {
  return (
    Math.ceil((estimate.connections / clients.connectRateHz) * 1000) + 3 * Math.ceil(clients.connectTimeoutMs)
  )
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

interface SettleContext {
  readonly plan: Plan
  readonly observer: RunObserver
  readonly published: readonly Published[]
  readonly isCutShort: boolean
}

/** Waits for the messages under way, then has the workers classify what became of every one. */
async function settle(
  generator: Generator,
  cluster: Cluster,
  timeline: Timeline,
  { plan, observer, published, isCutShort }: SettleContext,
) {
  observer.onStage('settle')
  const ledgers = published.flatMap((worker) => worker.ledgers)
  const unackedDelivered = mergeUnackedDelivered(await generator.settle(ledgers))
  const backlogDisconnects = await backlogDisconnectsOf(cluster.nodes)
  observer.onStage('judge')
  const disturbed = sumByName(published.map((worker) => worker.disturbed))
  // One that lasts until the measure phase ends is then undone, which takes a while.
  await Promise.race([timeline.finished, sleep(EVENTS_END_MS, undefined, { ref: false })])
  const events = withEvidenceOfClients(timeline.records(), disturbed, isCutShort)
  const { poolRemovals } = cluster
  const causes = causesOfEvents(events, {
    graceMs: plan.phases.graceMs,
    poolChangeCutsAfterMs: poolChangeCutsAfterMs(plan.cluster),
    poolRemovals,
  })
  const workers = await generator.judge({ unackedDelivered, causes, poolRemovals })
  const delivery = mergeDelivery(workers.map((worker) => worker.delivery))
  return {
    published: sumPublished(published.map((worker) => worker.published)),
    unackedDelivered: countUnackedDelivered(ledgers, unackedDelivered),
    silence: silenceAfter(ledgers, delivery.lastDeliveredMicros),
    backlogDisconnects,
    events,
    poolRemovals,
    workers,
    delivery,
    disconnects: mergeDisconnects(workers.map(({ disconnects }) => disconnects)),
  }
}

function poolChangeCutsAfterMs(cluster: Plan['cluster']): number | null {
  if (cluster.driver === 'target') return null
  const balancer = balancers[cluster.balancer.kind]
  return balancer.changesPoolByReload ? balancer.cutsAfterMs(cluster.balancer.settings) : null
}

function silenceAfter(ledgers: readonly StreamLedger[], micros: number): RunRecord['silence'] {
  const sends = sumOf(ledgers, ({ sentMicros }) => sentMicros.filter((sent) => sent > micros).length)
  const last = ledgers.reduce(
    (latest, { sentMicros }) => Math.max(latest, sentMicros.at(-1) ?? micros),
    micros,
  )
  return { sends, lastsMicros: last - micros }
}

/** The nodes of a target, as its clients named them: when they joined or left the pool is not known. */
function lifetimesSeen(ticks: readonly (readonly Tick[])[], joinedMicros: number): NodeLifetime[] {
  const names = new Set(ticks.flat().flatMap(({ connectedByNode }) => Object.keys(connectedByNode)))
  return [...names].sort().map((id) => ({ id, joinedMicros, leftMicros: null }))
}
