import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { entryPoint } from '../base/entry-point.js'
import { relayStderr } from '../base/relay-stderr.js'
import type { Disturb } from '../chaos/disturbance.js'
import type { Endpoint } from '../cluster/cluster.js'
import type { Plan } from '../plan/plan.js'
import type { StreamLedger, UnackedDelivered } from '../results/delivery/types.js'
import type { Tick, WorkerReport } from '../results/worker-records.js'
import type { FromWorker, ToWorker } from './messages.js'

type Answer = Exclude<FromWorker['type'], 'tick' | 'fault'>
type AnswerOf<Type extends Answer> = Extract<FromWorker, { type: Type }>

export interface GeneratorOptions {
  readonly plan: Plan
  readonly run: number
  readonly endpoints: readonly Endpoint[]
  readonly brokerUrl: string | null
  readonly onTick: (worker: number, tick: Tick) => void
  /** A worker exited or threw. The others continue. */
  readonly onFault: (worker: number, message: string) => void
}

/** Workers that have not exited after this are killed. */
const END_DEADLINE_MS = 2_000
/**
 * Flags for Node: the young generation has its full size (16 MB) from the start. In the benchmark this saves a sixth of a
 * connection's memory and 8 % of the CPU time to open it.
 */
export const WORKER_FLAGS = ['--min-semi-space-size=16'] as const

interface Worker {
  readonly child: ChildProcess
  isAlive: boolean
}

/**
 * The load generator's parent process: forks the workers, requests each step from all of them and waits for the answers of
 * those alive. A worker that exits is no longer waited for.
 */
export class Generator {
  readonly #workers: Worker[]
  readonly #answers = new Map<string, AnswerOf<Answer>>()
  #isEnding = false
  #wake: () => void = () => {}

  private constructor(readonly options: GeneratorOptions) {
    this.#workers = Array.from({ length: options.plan.workers }, (_, worker) => this.#fork(worker))
  }

  /** Forks the workers; resolves when each is ready. */
  static async start(options: GeneratorOptions): Promise<Generator> {
    const generator = new Generator(options)
    const { plan, run, endpoints, brokerUrl } = options
    await generator.#ask('ready', (worker) => ({ type: 'init', plan, run, worker, endpoints, brokerUrl }))
    return generator
  }

  /** Process ids of the workers that are alive. */
  get pids(): readonly number[] {
    return this.#workers.flatMap(({ child, isAlive }) => (isAlive && child.pid ? [child.pid] : []))
  }

  /** Resolves when every client has been subscribed and every publisher connected, or when `signal` aborts. */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#ask('connected', () => ({ type: 'connect' }), signal)
  }

  /** Starts traffic; resolves when all messages are published, and acked or past the grace period. */
  async publish(measureMicros: number): Promise<AnswerOf<'published'>[]> {
    return this.#ask('published', () => ({ type: 'start', measureMicros }))
  }

  /** Stops the publishers at once; `publish` resolves soon after. */
  stop(): void {
    this.#send(() => ({ type: 'stop' }))
  }

  /** Takes effect when the message reaches each worker. */
  disturb: Disturb = (id, disturbance, seed) => {
    this.#send(() => ({ type: 'disturb', id, seed, disturbance }))
    return () => this.#send(() => ({ type: 'endDisturbance', id }))
  }

  /** Resolves when each worker has received every message that is due, or its deadline has passed. */
  async settle(ledgers: readonly StreamLedger[]): Promise<UnackedDelivered[]> {
    const answers = await this.#ask('settled', () => ({ type: 'ledgers', ledgers }))
    return answers.flatMap(({ unackedDelivered }) => unackedDelivered)
  }

  async judge(evidence: Omit<Extract<ToWorker, { type: 'judge' }>, 'type'>): Promise<WorkerReport[]> {
    return this.#ask('judged', () => ({ type: 'judge', ...evidence }))
  }

  /** Ends all workers; resolves when they have exited. */
  async end(): Promise<void> {
    this.#isEnding = true
    const alive = this.#workers.filter(({ isAlive }) => isAlive)
    const exits = alive.map(({ child }) => once(child, 'exit'))
    this.#send(() => ({ type: 'exit' }))
    const killer = setTimeout(() => {
      for (const { child } of alive) child.kill('SIGKILL')
    }, END_DEADLINE_MS)
    await Promise.all(exits)
    clearTimeout(killer)
  }

  #fork(index: number): Worker {
    const child = fork(entryPoint('worker'), {
      serialization: 'advanced',
      execArgv: [...WORKER_FLAGS],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    relayStderr(child.stderr!)
    const worker = { child, isAlive: true }
    child.on('message', (message) => this.#receive(index, message as FromWorker))
    child.on('error', (error) => this.options.onFault(index, error.message))
    child.on('exit', (code, signal) => {
      worker.isAlive = false
      if (!this.#isEnding) this.options.onFault(index, `ended by ${signal ?? `exit ${code}`}`)
      this.#wake()
    })
    return worker
  }

  #receive(worker: number, message: FromWorker): void {
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

  async #ask<Type extends Answer>(
    type: Type,
    message: (worker: number) => ToWorker,
    signal?: AbortSignal,
  ): Promise<AnswerOf<Type>[]> {
    this.#send(message)
    const isAnswered = ({ isAlive }: Worker, index: number) =>
      !isAlive || this.#answers.has(`${index} ${type}`)
    const onAbort = (): void => this.#wake()
    signal?.addEventListener('abort', onAbort)
    while (!this.#workers.every(isAnswered) && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    signal?.removeEventListener('abort', onAbort)
    return this.#workers.flatMap((_, index) => {
      const answer = this.#answers.get(`${index} ${type}`)
      return answer ? [answer as AnswerOf<Type>] : []
    })
  }
}
