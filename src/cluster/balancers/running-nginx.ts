import type { Endpoint } from '../cluster.js'
import { httpGet } from '../http-get.js'
import { serialQueue } from '../serial-queue.js'
import type { RunningBalancer, Upstream } from './balancer.js'
import { type BalancerControl, untilHealthy } from './control.js'
import { changedServers, GENERATION_PATH, type NginxServer } from './nginx-config.js'

export interface RunningNginxSettings {
  readonly control: BalancerControl
  readonly endpoint: Endpoint
  readonly nodes: readonly Upstream[]
  /** Worker processes. */
  readonly processes: number
  readonly render: (servers: readonly NginxServer[], generation: number) => string
}

/** Nodes come and go by a rewritten configuration and SIGHUP; open connections stay with the old workers. */
export class RunningNginx implements RunningBalancer {
  readonly endpoints: readonly [Endpoint]
  readonly #serialQueue = serialQueue()
  #servers: readonly NginxServer[]
  #generation = 0

  private constructor(private readonly settings: RunningNginxSettings) {
    this.endpoints = [settings.endpoint]
    this.#servers = settings.nodes.map((node) => ({ ...node, isDown: false }))
  }

  static async start(settings: RunningNginxSettings): Promise<RunningNginx> {
    const nginx = new RunningNginx(settings)
    await nginx.#begin()
    return nginx
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

  kill(): Promise<void> {
    return this.settings.control.kill()
  }

  restart(): Promise<void> {
    return this.#serialQueue(() => this.#begin())
  }

  usage(): ReturnType<RunningBalancer['usage']> {
    return this.settings.control.usage()
  }

  async #begin(): Promise<void> {
    const { control, endpoint } = this.settings
    await this.#writeConfig()
    await control.start()
    await this.#untilServed([])
    await untilHealthy(control, endpoint)
  }

  #change(change: Parameters<typeof changedServers>[1]): Promise<void> {
    return this.#serialQueue(async () => {
      this.#servers = changedServers(this.#servers, change)
      this.#generation += 1
      await this.#writeConfig()
      const oldWorkers = await this.#acceptingWorkers()
      await this.settings.control.reload()
      await this.#untilServed(oldWorkers)
    })
  }

  #writeConfig(): Promise<void> {
    const { control, render } = this.settings
    return control.writeConfig(render(this.#servers, this.#generation))
  }

  /**
   * Old workers keep accepting for 0.1 s or more, on sockets they share with their successors, and may get any connection
   * of that time. So two things are checked: each old worker says that it is shutting down, and only the new generation
   * answers.
   */
  async #untilServed(oldWorkers: readonly number[]): Promise<void> {
    const { control, endpoint, processes } = this.settings
    const probes = Array.from({ length: 8 * processes })
    await control.untilReady({
      at: `${endpoint.host}:${endpoint.port}`,
      isReady: async () => {
        if (!(await this.#servesGeneration())) return false
        if ((await this.#acceptingWorkers()).some((pid) => oldWorkers.includes(pid))) return false
        return (await Promise.all(probes.map(() => this.#servesGeneration()))).every(Boolean)
      },
    })
  }

  async #servesGeneration(): Promise<boolean> {
    const answer = await httpGet(this.settings.endpoint, GENERATION_PATH)
    return answer?.body === String(this.#generation)
  }

  /** By their process titles; none are found on a machine without /proc. */
  async #acceptingWorkers(): Promise<readonly number[]> {
    const processes = await this.settings.control.processes()
    return processes
      .filter(({ title }) => /worker process(?! is shutting down)/.test(title))
      .map(({ pid }) => pid)
  }
}
