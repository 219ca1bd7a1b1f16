import { nowMicros } from '../src/base/clock.js'
import { entryPoint } from '../src/base/entry-point.js'
import type { Endpoint } from '../src/cluster/cluster.js'
import { WORKER_FLAGS } from '../src/generator/generator.js'
import type { FromWorker, ToWorker } from '../src/generator/messages.js'
import { outcomes } from '../src/results/delivery/types.js'
import { benchPlan, type Load } from './bench-plan.js'
import { type NodeServer, RUN } from './node-server.js'
import { cores, Program, sideModule } from './program.js'

type Answer<Type extends FromWorker['type']> = Extract<FromWorker, { type: Type }>

/** A generator under measurement. */
export interface GeneratorSide {
  readonly program: Program
  /** Resolves once all is open and subscribed. */
  connect(): Promise<void>
  /** Publishers publish, and all that comes is measured and accounted for, from now on. */
  start(): void
  /** Publishing ends; resolves with how many messages were acknowledged. */
  stopPublishing(): Promise<number>
  /** Copies delivered of what `server` broadcast. */
  delivered(server: NodeServer): Promise<number>
  stop(): Promise<void>
}

/** wsbench: the worker process as a run forks it, asked in its own messages. `ws-worker` answers to the same. */
export class WorkerSide implements GeneratorSide {
  private constructor(readonly program: Program) {}

  static async start(
    kind: 'wsbench' | 'ws-worker',
    endpoint: Endpoint,
    load: Load,
    core: number = cores.measured,
    flags: readonly string[] = [],
  ): Promise<WorkerSide> {
    const file = kind === 'wsbench' ? entryPoint('worker') : sideModule(kind)
    const ours = kind === 'wsbench' ? WORKER_FLAGS : []
    const program = Program.module(file, { core, flags: [...ours, ...flags] })
    const side = new WorkerSide(program)
    const init = { plan: benchPlan(load), run: RUN, worker: 1, endpoints: [endpoint], brokerUrl: null }
    await side.ask({ type: 'init', ...init }, 'ready')
    return side
  }

  async connect(): Promise<void> {
    await this.ask({ type: 'connect' }, 'connected')
  }

  start(): void {
    this.tell({ type: 'start', measureMicros: nowMicros() })
  }

  async stopPublishing(): Promise<number> {
    const { published } = await this.ask({ type: 'stop' }, 'published')
    return published.acked
  }

  async delivered({ sentMicros }: NodeServer): Promise<number> {
    const outcome = new Uint8Array(sentMicros.length).fill(outcomes.acked)
    const ledgers = [
      {
        stream: 0,
        sentMicros: Float64Array.from(sentMicros),
        outcome,
        spanStarts: Uint32Array.of(0),
        connections: [],
      },
    ]
    const { unackedDelivered } = await this.ask({ type: 'ledgers', ledgers }, 'settled')
    const { delivery } = await this.ask(
      { type: 'judge', unackedDelivered, causes: [], poolRemovals: [] },
      'judged',
    )
    return delivery.total.delivered
  }

  async stop(): Promise<void> {
    await this.program.stop({ type: 'exit' } satisfies ToWorker)
  }

  private tell(message: ToWorker): void {
    this.program.send(message)
  }

  private ask<Type extends FromWorker['type']>(message: ToWorker, type: Type): Promise<Answer<Type>> {
    const answer = this.program.answer<Answer<Type>>(type)
    this.tell(message)
    return answer
  }
}
