import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { nowMicros } from '../base/clock.js'
import { entryPoint } from '../base/entry-point.js'
import { setupError } from '../base/errors.js'
import { formatDuration } from '../base/format.js'
import { relayStderr } from '../base/relay-stderr.js'
import type { Disturb } from '../chaos/disturbance.js'
import type { Endpoint } from '../cluster/cluster.js'
import type { WardenHandle } from '../cluster/local/start-warden.js'
import { describeEnd } from '../cluster/readiness.js'
import type { Plan } from '../plan/plan.js'
import type { StreamLedger, UnackedDelivered } from '../results/delivery/types.js'
import type { Tick, WorkerReport } from '../results/worker-records.js'
import type { FromWorker, ToWorker } from './messages.js'
import { Patience, STEP_MS } from './patience.js'

type Answer = Exclude<FromWorker['type'], 'tick' | 'fault'>
type AnswerOf<Type extends Answer> = Extract<FromWorker, { type: Type }>

export interface GeneratorOptions {
  readonly plan: Plan
  readonly run: number
  readonly endpoints: readonly Endpoint[]
  readonly brokerUrl: string | null
  readonly onTick: (worker: number, tick: Tick) => void
  /** A worker exited, threw, or was killed because it did not answer. The others continue. */
  readonly onFault: (worker: number, message: string) => void
  readonly warden: Pick<WardenHandle, 'watch' | 'forget'>
  /** When it fires, every answer is due. */
  readonly signal: AbortSignal
}

/** Workers that have not exited after this are killed. */
const END_DEADLINE_MS = 2_000
/**
 * A worker whose answer is due, and that is silent for this long, is killed: it hangs or is stopped. Workers report each
 * second.
 */
export const SILENT_MS = 5_000
/** How long a worker may take to start and to load a protocol module. */
const READY_WITHIN_MS = 10_000
/** What a worker computes without a report at the end, at least; one that takes longer may still be at it. */
const DELIVERIES_PER_MS = 200
/**
 * Flags for Node: the young generation has its full size (16 MB) from the start. In the benchmark this saves a sixth of a
 * connection's memory and 8 % of the CPU time to open it.
 */
export const WORKER_FLAGS = ['--min-semi-space-size=16'] as const

interface Worker {
  readonly child: ChildProcess
  isAlive: boolean
}

interface Question<Type extends Answer> {
  readonly type: Type
  readonly message: (worker: number) => ToWorker
  /** From when on a worker that is silent for `silentMs` (SILENT_MS) is killed. */
  readonly isDue: () => boolean
  readonly silentMs?: number
  /** Ends the wait; the answers may come later. */
  readonly signal?: AbortSignal
}

/**
 * The load generator's parent process: forks the workers, requests each step from all of them and waits for the answers of
 * those alive. A worker that exits is no longer waited for.
 */
export class Generator {
  readonly #workers: Worker[] = []
  readonly #answers = new Map<string, AnswerOf<Answer>>()
  readonly #patience: Patience
  #isStopped = false
  #isEnding = false
  #wake: () => void = () => {}

  private constructor(readonly options: GeneratorOptions) {
    this.#patience = new Patience(options.plan.workers)
  }

  /** Forks the workers; resolves when each is ready, or gone. */
  static async start(options: GeneratorOptions): Promise<Generator> {
    const generator = new Generator(options)
    try {
      generator.#forkAll()
    } catch (error) {
      await generator.end()
      throw error
    }
    const { plan, run, endpoints, brokerUrl, signal } = options
    const lateMs = performance.now() + READY_WITHIN_MS
    await generator.#ask({
      type: 'ready',
      message: (worker) => ({ type: 'init', plan, run, worker, endpoints, brokerUrl }),
      isDue: () => signal.aborted || performance.now() > lateMs,
    })
    return generator
  }

  /** Process ids of the workers that are alive. */
  get pids(): readonly number[] {
    return this.#workers.flatMap(({ child, isAlive }) => (isAlive && child.pid ? [child.pid] : []))
  }

  /** Resolves when every client has been subscribed and every publisher connected, or when `signal` aborts. */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#ask({ type: 'connected', message: () => ({ type: 'connect' }), isDue: () => false, signal })
  }

  /** Starts traffic; resolves when all messages are published, and acked or past the grace period. */
  async publish(measureMicros: number): Promise<AnswerOf<'published'>[]> {
    const { measureMs, graceMs } = this.options.plan.phases
    const endMicros = measureMicros + (measureMs + graceMs) * 1000
    return this.#ask({
      type: 'published',
      message: () => ({ type: 'start', measureMicros }),
      isDue: () => this.#isStopped || nowMicros() > endMicros,
    })
  }

  /** Stops the publishers at once; `publish` resolves soon after. */
  stop(): void {
    this.#isStopped = true
    this.#send(() => ({ type: 'stop' }))
  }

  /** Takes effect when the message reaches each worker. */
  disturb: Disturb = (id, disturbance, seed) => {
    this.#send(() => ({ type: 'disturb', id, seed, disturbance }))
    return () => this.#send(() => ({ type: 'endDisturbance', id }))
  }

  /** Resolves when each worker has received every message that is due, or its deadline has passed. */
  async settle(ledgers: readonly StreamLedger[]): Promise<UnackedDelivered[]> {
    const endMs = performance.now() + this.options.plan.phases.graceMs
    const answers = await this.#ask({
      type: 'settled',
      message: () => ({ type: 'ledgers', ledgers }),
      isDue: () => performance.now() > endMs,
      silentMs: this.#computesForMs,
    })
    return answers.flatMap(({ unackedDelivered }) => unackedDelivered)
  }

  async judge(evidence: Omit<Extract<ToWorker, { type: 'judge' }>, 'type'>): Promise<WorkerReport[]> {
    return this.#ask({
      type: 'judged',
      message: () => ({ type: 'judge', ...evidence }),
      isDue: () => true,
      silentMs: this.#computesForMs,
    })
  }

  /** Ends all workers; resolves when they have exited. */
  async end(): Promise<void> {
    this.#isEnding = true
    const alive = this.#workers.filter(({ child }) => child.exitCode === null && child.signalCode === null)
    const exits = alive.map(({ child }) => once(child, 'exit'))
    this.#send(() => ({ type: 'exit' }))
    const killer = setTimeout(() => {
      for (const { child } of alive) child.kill('SIGKILL')
    }, END_DEADLINE_MS)
    await Promise.all(exits)
    clearTimeout(killer)
  }

  /** How long a worker may compute without a report. */
  get #computesForMs(): number {
    const { estimate, workers } = this.options.plan
    const deliveries = (estimate.deliveriesPerSecond * estimate.durationMs) / 1000 / workers
    return SILENT_MS + deliveries / DELIVERIES_PER_MS
  }

  #forkAll(): void {
    for (let index = 0; index < this.options.plan.workers; index += 1) this.#workers.push(this.#fork(index))
  }

  /** In a session of its own: what a terminal sends to its processes is for the parent alone to answer. */
  #fork(index: number): Worker {
    const { warden, onFault } = this.options
    const child = fork(entryPoint('worker'), {
      serialization: 'advanced',
      execArgv: [...WORKER_FLAGS],
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const { pid } = child
    if (pid === undefined) throw notForked()
    warden.watch(pid)
    relayStderr(child.stderr!)
    const worker = { child, isAlive: true }
    child.on('message', (message) => this.#receive(index, message as FromWorker))
    child.on('error', (error) => onFault(index, error.message))
    child.on('exit', (code, signal) => {
      warden.forget(pid)
      if (worker.isAlive && !this.#isEnding) onFault(index, describeExit({ code, signal }))
      worker.isAlive = false
      this.#wake()
    })
    return worker
  }

  /** From now on it counts as gone. */
  #kill(index: number, silentMs: number): void {
    const worker = this.#workers[index]!
    worker.isAlive = false
    worker.child.kill('SIGKILL')
    this.options.onFault(
      index,
      `did not answer within ${formatDuration(silentMs)} and was killed: it was stopped, or a protocol module does not return`,
    )
  }

  #receive(worker: number, message: FromWorker): void {
    this.#patience.hear(worker)
    if (message.type === 'tick') this.options.onTick(worker, message)
    else if (message.type === 'fault') this.options.onFault(worker, message.message)
    else {
      this.#answers.set(`${worker} ${message.type}`, message)
      this.#wake()
    }
  }

  #send(message: (worker: number) => ToWorker): void {
    this.#workers.forEach(({ child, isAlive }, index) => {
      if (isAlive && child.connected) child.send(message(index), () => {})
    })
  }

  async #ask<Type extends Answer>({
    type,
    message,
    isDue,
    silentMs = SILENT_MS,
    signal,
  }: Question<Type>): Promise<AnswerOf<Type>[]> {
    this.#send(message)
    this.#patience.ask()
    const isAwaited = ({ isAlive }: Worker, index: number) =>
      isAlive && !this.#answers.has(`${index} ${type}`)
    const onAbort = (): void => this.#wake()
    signal?.addEventListener('abort', onAbort)
    const steps = this.#everyStep((elapsedMs) => {
      this.#patience.step(elapsedMs, isDue())
      this.#workers.forEach((worker, index) => {
        if (isAwaited(worker, index) && this.#patience.isOver(index, silentMs)) this.#kill(index, silentMs)
      })
      this.#wake()
    })
    while (this.#workers.some(isAwaited) && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    clearInterval(steps)
    signal?.removeEventListener('abort', onAbort)
    return this.#workers.flatMap((_, index) => {
      const answer = this.#answers.get(`${index} ${type}`)
      return answer ? [answer as AnswerOf<Type>] : []
    })
  }

  #everyStep(step: (elapsedMs: number) => void): NodeJS.Timeout {
    let beforeMs = performance.now()
    return setInterval(() => {
      const nowMs = performance.now()
      step(nowMs - beforeMs)
      beforeMs = nowMs
    }, STEP_MS)
  }
}

function describeExit(end: Parameters<typeof describeEnd>[0]): string {
  const advice = end.signal === null ? '' : ': give it more memory, or use fewer clients'
  return `ended by ${describeEnd(end)}${advice}`
}

function notForked() {
  return setupError(
    'a generator worker could not be started',
    'is a limit of processes (ulimit -u) or open files (ulimit -n) reached?',
  )
}
