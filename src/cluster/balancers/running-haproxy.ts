import type { Endpoint } from '../cluster.js'
import { totalUsage, type Usage } from '../local/process-stat.js'
import { serialQueue } from '../serial-queue.js'
import type { RunningBalancer, Upstream } from './balancer.js'
import { type BalancerControl, untilHealthy } from './control.js'
import type { HaproxyRuntime } from './haproxy-runtime.js'

/** One process, with a port and a runtime API of its own. */
export interface HaproxyProcess {
  readonly control: BalancerControl
  readonly endpoint: Endpoint
  readonly runtime: HaproxyRuntime
  readonly render: (nodes: readonly Upstream[]) => string
}

/** Nodes come and go by the runtime API, in all processes at a time; the files follow when a process starts or reloads. */
export class RunningHaproxy implements RunningBalancer {
  readonly endpoints
  readonly #serialQueue = serialQueue()
  /** The nodes in the pool, for the next configuration. */
  #pool: readonly Upstream[]

  private constructor(
    private readonly processes: readonly HaproxyProcess[],
    nodes: readonly Upstream[],
  ) {
    this.endpoints = processes.map(({ endpoint }) => endpoint)
    this.#pool = nodes
  }

  static async start(
    processes: readonly HaproxyProcess[],
    nodes: readonly Upstream[],
  ): Promise<RunningHaproxy> {
    const haproxy = new RunningHaproxy(processes, nodes)
    await haproxy.restart()
    return haproxy
  }

  addNodes(nodes: readonly Upstream[]): Promise<void> {
    return this.#onEach(
      ({ runtime }) => runtime.addNodes(nodes),
      (pool) => [...pool, ...nodes],
    )
  }

  removeNode(id: string): Promise<void> {
    return this.#onEach(
      ({ runtime }) => runtime.removeNode(id),
      (pool) => pool.filter((node) => node.id !== id),
    )
  }

  async reload(): Promise<string> {
    const successions: string[] = []
    await this.#onEach(async ({ control, endpoint, runtime, render }) => {
      await control.writeConfig(render(this.#pool))
      const predecessor = await runtime.process()
      await control.reload()
      await control.untilReady({
        at: `${endpoint.host}:${endpoint.port} (a successor of process ${predecessor})`,
        isReady: async () => ![null, predecessor].includes(await runtime.process()),
      })
      await untilHealthy(control, endpoint)
      successions.push(`process ${await runtime.process()} has taken over from ${predecessor}`)
    })
    return successions.join(', ')
  }

  async kill(): Promise<void> {
    await Promise.all(this.processes.map(({ control }) => control.kill()))
  }

  restart(): Promise<void> {
    return this.#onEach(async ({ control, endpoint, render }) => {
      await control.writeConfig(render(this.#pool))
      await control.start()
      await untilHealthy(control, endpoint)
    })
  }

  async usage(): Promise<Usage | null> {
    return totalUsage(await Promise.all(this.processes.map(({ control }) => control.usage())))
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
