import { setupError } from '../../base/errors.js'
import { programVersion } from '../program-version.js'
import { serialQueue } from '../serial-queue.js'
import {
  type Balancer,
  type BalancerContext,
  endpointAt,
  type RunningBalancer,
  type Upstream,
} from './balancer.js'
import { maxConnections } from './haproxy-config.js'
import { haproxyContainer } from './haproxy-container.js'
import { HaproxyProcess } from './haproxy-process.js'

/** Clients spread evenly over the processes, but come back where they like. */
const FAIR_SHARE = 0.95

/** The real HAProxy: processes beside each other, each with a port and a descriptor table of its own. */
export const haproxy: Balancer = {
  kind: 'haproxy',
  isEmbedded: false,
  canReload: true,
  drainStates: ['maint', 'drain'],
  container: haproxyContainer,
  clientsPerProcess: (descriptors) => Math.floor(maxConnections(descriptors) * FAIR_SHARE),
  async start(context) {
    const binary = context.binary
    if (binary === null)
      throw setupError('haproxy was not found', 'install haproxy, or use balancer kind embedded')
    const version = await programVersion(binary)
    const numbers = Array.from({ length: context.processes }, (_, index) => index + 1)
    const processes = await Promise.all(
      numbers.map((number) => HaproxyProcess.start(context, binary, number)),
    )
    return new RunningHaproxy(context, processes, version)
  },
}

/** All processes together; what is asked of them is done one after the other. */
class RunningHaproxy implements RunningBalancer {
  readonly endpoints
  readonly #serialQueue = serialQueue()
  /** The nodes in the pool: what a process that starts anew must know. */
  #pool: readonly Upstream[]

  constructor(
    context: BalancerContext,
    private readonly processes: readonly HaproxyProcess[],
    readonly version: string,
  ) {
    this.endpoints = processes.map(({ port }) => endpointAt(context, port))
    this.#pool = context.nodes
  }

  get pids(): readonly number[] {
    return this.processes.flatMap(({ pids }) => pids)
  }

  addNodes(nodes: readonly Upstream[]): Promise<void> {
    return this.#onEach(
      (process) => process.addNodes(nodes),
      (pool) => [...pool, ...nodes],
    )
  }

  removeNode(id: string): Promise<void> {
    return this.#onEach(
      (process) => process.removeNode(id),
      (pool) => pool.filter((node) => node.id !== id),
    )
  }

  reload(): Promise<void> {
    return this.#onEach((process) => process.reload(this.#pool))
  }

  async kill(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill()))
  }

  restart(): Promise<void> {
    return this.#onEach((process) => process.begin(this.#pool))
  }

  #onEach(
    act: (process: HaproxyProcess) => Promise<void>,
    poolAfter: (pool: readonly Upstream[]) => readonly Upstream[] = (pool) => pool,
  ): Promise<void> {
    return this.#serialQueue(async () => {
      await Promise.all(this.processes.map(act))
      this.#pool = poolAfter(this.#pool)
    })
  }
}
