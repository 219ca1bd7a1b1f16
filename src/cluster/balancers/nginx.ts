import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setupError } from '../../base/errors.js'
import { affinityFor } from '../affinity/strategy.js'
import type { Endpoint } from '../cluster.js'
import { httpGet } from '../http-get.js'
import type { LaunchedProcess } from '../local/launcher.js'
import { freePort } from '../local/loopback.js'
import { childrenOf, titleOf } from '../local/process-stat.js'
import { programVersion } from '../program-version.js'
import { untilReady } from '../readiness.js'
import { serialQueue } from '../serial-queue.js'
import {
  type Balancer,
  type BalancerContext,
  endpointAt,
  type RunningBalancer,
  type Upstream,
} from './balancer.js'
import {
  changedServers,
  GENERATION_PATH,
  isAcceptingWorker,
  type NginxServer,
  renderNginxConfig,
  workerConnections,
} from './nginx-config.js'
import { nginxContainer } from './nginx-container.js'

const PART = 'balancer'
/** The kernel deals clients to workers by hash, not by turn: room for the worker that gets more than its share. */
const FAIR_SHARE = 0.95

/** The real nginx. Nodes come and go by a rewritten configuration and SIGHUP; open sockets stay with the old workers. */
export const nginx: Balancer = {
  kind: 'nginx',
  isEmbedded: false,
  canReload: true,
  drainStates: ['maint'],
  container: nginxContainer,
  clientsPerProcess: (descriptors) => Math.floor((workerConnections(descriptors) / 2) * FAIR_SHARE),
  async start(context) {
    if (context.binary === null)
      throw setupError('nginx was not found', 'install nginx, or use balancer kind embedded')
    const version = await programVersion(context.binary)
    const running = new RunningNginx(context, context.binary, version, await freePort(context.host))
    await running.begin()
    return running
  },
}

class RunningNginx implements RunningBalancer {
  readonly endpoints: readonly [Endpoint]
  readonly #configFile: string
  readonly #serialQueue = serialQueue()
  #servers: readonly NginxServer[]
  #generation = 0
  #master: LaunchedProcess | undefined

  constructor(
    private readonly context: BalancerContext,
    private readonly binary: string,
    readonly version: string,
    private readonly port: number,
  ) {
    this.endpoints = [endpointAt(context, port)]
    this.#configFile = join(context.launcher.directory, 'nginx.conf')
    this.#servers = context.nodes.map((node) => ({ ...node, isDown: false }))
  }

  get pids(): readonly number[] {
    return this.#master === undefined ? [] : [this.#master.pid]
  }

  async begin(): Promise<void> {
    await this.#writeConfig()
    await checkConfig(this.binary, this.#arguments)
    await this.#launch()
  }

  addNodes(nodes: readonly Upstream[]): Promise<void> {
    return this.#change({ added: nodes, removed: null })
  }

  removeNode(id: string): Promise<void> {
    return this.#change({ added: [], removed: id })
  }

  reload(): Promise<void> {
    return this.#change({ added: [], removed: null })
  }

  async kill(): Promise<void> {
    await this.#master?.end('SIGKILL', 0)
  }

  restart(): Promise<void> {
    return this.#serialQueue(() => this.#launch())
  }

  get #arguments(): readonly string[] {
    return ['-p', this.context.launcher.directory, '-c', this.#configFile]
  }

  async #launch(): Promise<void> {
    const { launcher } = this.context
    this.#master = launcher.launch({ part: PART, command: this.binary, args: this.#arguments })
    await this.#untilServed(this.#master, [])
    await this.#untilHealthy(this.#master)
  }

  #change(change: Parameters<typeof changedServers>[1]): Promise<void> {
    return this.#serialQueue(async () => {
      const master = this.#master
      if (master === undefined) throw new Error('nginx has not begun')
      this.#servers = changedServers(this.#servers, change)
      this.#generation += 1
      await this.#writeConfig()
      const oldWorkers = await acceptingWorkers(master.pid)
      master.child.kill('SIGHUP')
      await this.#untilServed(master, oldWorkers)
    })
  }

  async #writeConfig(): Promise<void> {
    const { context, port } = this
    const config = renderNginxConfig({
      directory: context.launcher.directory,
      user: userOfWorkers(),
      hasReuseport: process.platform === 'linux',
      listen: { host: context.host, port },
      processes: context.processes,
      descriptors: context.descriptors,
      affinity: affinityFor(context.strategy, 'nginx'),
      servers: this.#servers,
      sources: context.sources,
      tls: context.tls,
      generation: this.#generation,
    })
    await writeFile(this.#configFile, config)
  }

  /**
   * Old workers accept on for 0.1 s and more, each on a socket it shares with its successor, and may win any connection
   * of that time. So it takes both: each of them said it is shutting down, and only this generation answers.
   */
  async #untilServed(master: LaunchedProcess, oldWorkers: readonly number[]): Promise<void> {
    const probes = Array.from({ length: 8 * this.context.processes })
    await untilReady(this.context.launcher, master, {
      at: this.#address,
      isReady: async () => {
        const accepting = await acceptingWorkers(master.pid)
        if (accepting.some((pid) => oldWorkers.includes(pid)) || !(await this.#servesGeneration()))
          return false
        return (await Promise.all(probes.map(() => this.#servesGeneration()))).every(Boolean)
      },
    })
  }

  async #servesGeneration(): Promise<boolean> {
    const answer = await httpGet(this.endpoints[0], GENERATION_PATH)
    return answer?.body === String(this.#generation)
  }

  async #untilHealthy(master: LaunchedProcess): Promise<void> {
    await untilReady(this.context.launcher, master, {
      at: `${this.#address}/health`,
      isReady: async () => (await httpGet(this.endpoints[0], '/health'))?.status === 200,
    })
  }

  get #address(): string {
    return `${this.context.host}:${this.port}`
  }
}

/** Workers of a master that is root would else be nobody, who can't enter the run directory. */
function userOfWorkers(): string | null {
  return process.getuid?.() === 0 ? userInfo().username : null
}

/** Workers that still take connections, by their process titles; none are seen where there is no /proc. */
async function acceptingWorkers(master: number): Promise<readonly number[]> {
  const workers = await childrenOf(master)
  const titles = await Promise.all(workers.map(titleOf))
  return workers.filter((_pid, index) => isAcceptingWorker(titles[index] ?? ''))
}

/** `nginx -t`, which says what is wrong where; it binds the port for a moment, so never beside a running one. */
function checkConfig(binary: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(binary, ['-t', '-q', ...args], (error, _stdout, stderr) => {
      if (error) reject(setupError(`${PART}: nginx refuses its configuration`, stderr.trim(), error))
      else resolve()
    })
  })
}
