import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { affinityFor } from '../affinity/capability.js'
import { httpGet } from '../http-get.js'
import type { LaunchedProcess } from '../local/launcher.js'
import { freePort } from '../local/loopback.js'
import { partError, untilReady } from '../readiness.js'
import { type BalancerContext, endpointAt, type Upstream } from './balancer.js'
import { BACKEND, renderHaproxyConfig } from './haproxy-config.js'
import { command, processOf, type SlotState, slotState } from './haproxy-runtime.js'

/** Listener, stats socket, event poll, log, and checks of up to a few dozen nodes. */
const OWN_DESCRIPTORS = 200

/** Clients that one process with `descriptors` open files can carry: two each. */
export function maxConnections(descriptors: number): number {
  return Math.max(1, Math.floor((descriptors - OWN_DESCRIPTORS) / 2))
}

/** One HAProxy with a port, a descriptor table and a stats socket of its own. */
export class HaproxyProcess {
  readonly #part: string
  readonly #statsSocket: string
  readonly #configFile: string
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
      isReady: async () =>
        processOf(await command(this.#statsSocket, 'show info').catch(() => '')) === successor.pid,
    })
    await this.#untilHealthy()
  }

  async kill(): Promise<void> {
    await Promise.all(this.#generations.map((generation) => generation.end('SIGKILL', 0)))
  }

  async addNodes(nodes: readonly Upstream[]): Promise<void> {
    const { maxNodes } = this.context
    for (const { id, host, port, slot } of nodes) {
      if (slot >= maxNodes) throw new Error(`${id} has no slot: ${maxNodes} were declared`)
      await this.#say(`set server ${BACKEND}/${id} addr ${host} port ${port}`)
      await this.#say(`set server ${BACKEND}/${id} state ready`)
      await this.#untilState(id, 'ready')
    }
  }

  /** HAProxy's `drain`, the naive choice, still honours the server's cookie (haproxy #2894); `maint` does not. */
  async removeNode(id: string): Promise<void> {
    const { drainState } = this.context
    await this.#say(`set server ${BACKEND}/${id} state ${drainState}`)
    await this.#untilState(id, drainState)
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
      statsSocket: this.#statsSocket,
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

  #untilState(id: string, state: SlotState): Promise<void> {
    return untilReady(this.context.launcher, this.#current, {
      at: `${this.#statsSocket} (${id} ${state})`,
      isReady: async () => slotState(await this.#say(`show servers state ${BACKEND}`), id) === state,
    })
  }

  async #say(line: string): Promise<string> {
    try {
      return await command(this.#statsSocket, line)
    } catch {
      throw partError(this.context.launcher, this.#part, `does not answer on ${this.#statsSocket}`)
    }
  }
}
