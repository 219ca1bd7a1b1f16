import { affinityFor } from '../affinity/strategy.js'
import { CONFIG_DIRECTORY, CONTAINER_DESCRIPTORS, EVERYWHERE } from '../container.js'
import { httpGet } from '../http-get.js'
import { serialQueue } from '../serial-queue.js'
import type { BalancerContainer, ContainedBalancer, ContainedContext, Upstream } from './balancer.js'
import {
  changedServers,
  GENERATION_PATH,
  isAcceptingWorker,
  type NginxServer,
  renderNginxConfig,
} from './nginx-config.js'

const PORT = 8080
const CONFIG_FILE = 'nginx.conf'

/** The official image, without its entry point's ways to make a configuration. */
export const nginxContainer: BalancerContainer = {
  configFile: CONFIG_FILE,
  spec: (isTls) => ({
    image: 'nginx:1.30-alpine',
    command: ['nginx', '-c', `${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
    healthcheck: [
      ...['wget', '-q', '-O', '/dev/null', '--no-check-certificate'],
      `${isTls ? 'https' : 'http'}://127.0.0.1:${PORT}/health`,
    ],
    ports: [PORT],
  }),
  render: (settings) => render(settings, settings.nodes.map(inPool), 0),
  async start(context) {
    const contained = new NginxInContainer(context)
    await contained.begin()
    return contained
  },
}

function render(
  { strategy, processes, tls }: Parameters<BalancerContainer['render']>[0],
  servers: readonly NginxServer[],
  generation: number,
): string {
  return renderNginxConfig({
    directory: '/tmp',
    user: null,
    hasReuseport: true,
    listen: { host: EVERYWHERE, port: PORT },
    processes,
    descriptors: CONTAINER_DESCRIPTORS,
    affinity: affinityFor(strategy, 'nginx'),
    servers,
    sources: [],
    tls,
    generation,
  })
}

function inPool(node: Upstream): NginxServer {
  return { ...node, isDown: false }
}

/** Nodes come and go as with nginx on this machine: a rewritten configuration and SIGHUP. */
class NginxInContainer implements ContainedBalancer {
  readonly endpoints
  readonly #serialQueue = serialQueue()
  #servers: readonly NginxServer[]
  #generation = 0

  constructor(private readonly context: ContainedContext) {
    this.endpoints = [context.endpoint]
    this.#servers = context.nodes.map(inPool)
  }

  async begin(): Promise<void> {
    const { control, endpoint } = this.context
    await this.#writeConfig()
    await control.start()
    await control.untilReady({
      at: `${endpoint.host}:${endpoint.port}/health`,
      isReady: async () => (await httpGet(endpoint, '/health'))?.status === 200,
    })
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

  kill(): Promise<void> {
    return this.context.control.kill()
  }

  restart(): Promise<void> {
    return this.#serialQueue(() => this.begin())
  }

  #change(change: Parameters<typeof changedServers>[1]): Promise<void> {
    return this.#serialQueue(async () => {
      this.#servers = changedServers(this.#servers, change)
      this.#generation += 1
      await this.#writeConfig()
      const old = await this.#acceptingWorkers()
      await this.context.control.hangUp()
      await this.#untilOnlyNew(old)
    })
  }

  /** As on this machine, old workers may win connections until each has said that it is shutting down. */
  async #untilOnlyNew(old: readonly number[]): Promise<void> {
    const { control, endpoint } = this.context
    await control.untilReady({
      at: `${endpoint.host}:${endpoint.port}`,
      isReady: async () => {
        if ((await httpGet(endpoint, GENERATION_PATH))?.body !== String(this.#generation)) return false
        return !(await this.#acceptingWorkers()).some((pid) => old.includes(pid))
      },
    })
  }

  async #acceptingWorkers(): Promise<readonly number[]> {
    const processes = await this.context.control.processes()
    return processes.filter(({ title }) => isAcceptingWorker(title)).map(({ pid }) => pid)
  }

  #writeConfig(): Promise<void> {
    return this.context.control.writeConfig(render(this.context, this.#servers, this.#generation))
  }
}
