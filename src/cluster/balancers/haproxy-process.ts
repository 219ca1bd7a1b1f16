import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { affinityFor } from '../affinity/strategy.js'
import { httpGet } from '../http-get.js'
import type { LaunchedProcess } from '../local/launcher.js'
import { freePort } from '../local/loopback.js'
import { partError, untilReady } from '../readiness.js'
import { type BalancerContext, endpointAt, type Upstream } from './balancer.js'
import { maxConnections, renderHaproxyConfig } from './haproxy-config.js'
import { HaproxyRuntime } from './haproxy-runtime.js'

/** One HAProxy with a port, a descriptor table and a stats socket of its own. */
export class HaproxyProcess {
  readonly #part: string
  readonly #statsSocket: string
  readonly #configFile: string
  readonly #runtime: HaproxyRuntime
  /** The one that takes connections is the last; those before it serve what they had when they were reloaded. */
  #generations: readonly LaunchedProcess[] = []

  private constructor(
    private readonly context: BalancerContext,
    private readonly binary: string,
    private readonly number: number,
    readonly port: number,
  ) {
    this.#part = context.processes === 1 ? 'balancer' : `balancer-${number}`
    this.#statsSocket = join(context.launcher.directory, `${this.#part}.sock`)
    this.#configFile = join(context.launcher.directory, `${this.#part}.cfg`)
    this.#runtime = new HaproxyRuntime(
      { path: this.#statsSocket },
      { maxNodes: context.maxNodes, drainState: context.drainState },
      {
        untilReady: (wait) => untilReady(context.launcher, this.#current, wait),
        error: (trouble) => partError(context.launcher, this.#part, trouble),
      },
    )
  }

  static async start(context: BalancerContext, binary: string, number: number): Promise<HaproxyProcess> {
    const started = new HaproxyProcess(context, binary, number, await freePort(context.host))
    await started.begin(context.nodes)
    return started
  }

  get pids(): readonly number[] {
    return this.#generations.map(({ pid }) => pid)
  }

  /** Starts with these nodes in the pool; resolves once one of them answers through it. */
  async begin(nodes: readonly Upstream[]): Promise<void> {
    await this.#writeConfig(nodes)
    this.#generations = [this.#launch([])]
    await this.#untilHealthy()
  }

  /**
   * HAProxy's own way without a gap: the successor takes the listening socket over the stats socket (-x) and tells its
   * predecessor to finish what it has and go (-sf).
   */
  async reload(nodes: readonly Upstream[]): Promise<void> {
    await this.#writeConfig(nodes)
    const predecessor = this.#current
    predecessor.expectEnd()
    void predecessor.gone.then(() => {
      this.#generations = this.#generations.filter((generation) => generation !== predecessor)
    })
    const successor = this.#launch(['-x', this.#statsSocket, '-sf', `${predecessor.pid}`])
    this.#generations = [...this.#generations, successor]
    await untilReady(this.context.launcher, successor, {
      at: `${this.#statsSocket} (process ${successor.pid})`,
      isReady: async () => (await this.#runtime.process()) === successor.pid,
    })
    await this.#untilHealthy()
  }

  async kill(): Promise<void> {
    await Promise.all(this.#generations.map((generation) => generation.end('SIGKILL', 0)))
  }

  addNodes(nodes: readonly Upstream[]): Promise<void> {
    return this.#runtime.addNodes(nodes)
  }

  removeNode(id: string): Promise<void> {
    return this.#runtime.removeNode(id)
  }

  get #current(): LaunchedProcess {
    const current = this.#generations.at(-1)
    if (current === undefined) throw new Error(`${this.#part} has not begun`)
    return current
  }

  #launch(more: readonly string[]): LaunchedProcess {
    const args = ['-db', '-f', this.#configFile, ...more]
    return this.context.launcher.launch({ part: this.#part, command: this.binary, args })
  }

  async #writeConfig(nodes: readonly Upstream[]): Promise<void> {
    const { context, port } = this
    const config = renderHaproxyConfig({
      listen: { host: context.host, port },
      tls: context.tls,
      runtime: `${this.#statsSocket} mode 600`,
      maxConnections: maxConnections(context.descriptors),
      affinity: affinityFor(context.strategy, 'haproxy'),
      nodes,
      source: context.sources[(this.number - 1) % context.sources.length] ?? null,
      maxNodes: context.maxNodes,
    })
    await writeFile(this.#configFile, config)
  }

  #untilHealthy(): Promise<void> {
    const { host, launcher } = this.context
    return untilReady(launcher, this.#current, {
      at: `${host}:${this.port}/health`,
      isReady: async () => (await httpGet(endpointAt(this.context, this.port), '/health'))?.status === 200,
    })
  }
}
