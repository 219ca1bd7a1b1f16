import type { Endpoint } from '../cluster.js'
import { httpGet } from '../http-get.js'
import { totalUsage } from '../local/process-stat.js'
import { serialQueue } from '../serial-queue.js'
import type { RunningBalancer, Upstream } from './balancer.js'
import { type BalancerControl, untilHealthy } from './control.js'

/** A balancer that is reloaded answers at this path with the number of its configuration. */
export const GENERATION_PATH = '/wsbench-generation'

/** A node that left the pool stays in the list, so that a hash over the list does not move clients of the others. */
export interface ListedNode extends Upstream {
  readonly isDown: boolean
}

/** A balancer's program that accepts connections at one endpoint. */
export interface ReloadedProgram {
  readonly control: BalancerControl
  readonly endpoint: Endpoint
  /** Worker processes that accept connections at the endpoint. */
  readonly workers: number
  readonly render: (nodes: readonly ListedNode[], generation: number) => string
  /** Pids of the workers that accept connections; none where they can't be told. */
  readonly acceptingWorkers: () => Promise<readonly number[]>
}

/** Nodes come and go by a rewritten configuration and a reload, in all programs at a time. */
export class RunningReloaded implements RunningBalancer {
  readonly endpoints: readonly Endpoint[]
  readonly #serialQueue = serialQueue()
  #nodes: readonly ListedNode[]
  #generation = 0

  private constructor(
    private readonly programs: readonly ReloadedProgram[],
    nodes: readonly Upstream[],
  ) {
    this.endpoints = programs.map(({ endpoint }) => endpoint)
    this.#nodes = nodes.map((node) => ({ ...node, isDown: false }))
  }

  static async start(
    programs: readonly ReloadedProgram[],
    nodes: readonly Upstream[],
  ): Promise<RunningReloaded> {
    const running = new RunningReloaded(programs, nodes)
    await running.restart()
    return running
  }

  addNodes(nodes: readonly Upstream[]): Promise<void> {
    return this.#change({ added: nodes, removed: null })
  }

  removeNode(id: string): Promise<void> {
    return this.#change({ added: [], removed: id })
  }

  async reload(): Promise<string> {
    await this.#change({ added: [], removed: null })
    return `generation ${this.#generation} of the configuration answers every request, and no worker of an earlier one accepts`
  }

  async kill(): Promise<void> {
    await Promise.all(this.programs.map(({ control }) => control.kill()))
  }

  restart(): Promise<void> {
    return this.#onEach(async (program) => {
      await this.#writeConfig(program)
      await program.control.start()
      await this.#untilServed(program, [])
      await untilHealthy(program.control, program.endpoint)
    })
  }

  async usage(): ReturnType<RunningBalancer['usage']> {
    return totalUsage(await Promise.all(this.programs.map(({ control }) => control.usage())))
  }

  #change(change: Parameters<typeof changedNodes>[1]): Promise<void> {
    return this.#onEach(
      async (program) => {
        await this.#writeConfig(program)
        const oldWorkers = await program.acceptingWorkers()
        await program.control.reload()
        await this.#untilServed(program, oldWorkers)
      },
      () => {
        this.#nodes = changedNodes(this.#nodes, change)
        this.#generation += 1
      },
    )
  }

  #onEach(act: (program: ReloadedProgram) => Promise<void>, before = () => {}): Promise<void> {
    return this.#serialQueue(async () => {
      before()
      await Promise.all(this.programs.map(act))
    })
  }

  #writeConfig({ control, render }: ReloadedProgram): Promise<void> {
    return control.writeConfig(render(this.#nodes, this.#generation))
  }

  /**
   * Old workers keep accepting for 0.1 s or more, on sockets they share with their successors, and may get any connection
   * of that time. So two things are checked: each old worker is shutting down, and only the new generation answers.
   */
  async #untilServed(program: ReloadedProgram, oldWorkers: readonly number[]): Promise<void> {
    const { control, endpoint, workers, acceptingWorkers } = program
    const probes = Array.from({ length: 8 * workers })
    await control.untilReady({
      at: `${endpoint.host}:${endpoint.port}`,
      isReady: async () => {
        if (!(await this.#servesGeneration(endpoint))) return false
        if ((await acceptingWorkers()).some((pid) => oldWorkers.includes(pid))) return false
        return (await Promise.all(probes.map(() => this.#servesGeneration(endpoint)))).every(Boolean)
      },
    })
  }

  async #servesGeneration(endpoint: Endpoint): Promise<boolean> {
    const answer = await httpGet(endpoint, GENERATION_PATH)
    return answer?.body === String(this.#generation)
  }
}

/** The nodes after some were added (for the first time or again) and one was removed. */
function changedNodes(
  nodes: readonly ListedNode[],
  { added, removed }: { readonly added: readonly Upstream[]; readonly removed: string | null },
): readonly ListedNode[] {
  const inPool = added.map((node) => ({ ...node, isDown: false }))
  const former = nodes.map(
    (node) =>
      inPool.find(({ id }) => id === node.id) ?? (node.id === removed ? { ...node, isDown: true } : node),
  )
  return [...former, ...inPool.filter(({ id }) => !nodes.some((node) => node.id === id))]
}
