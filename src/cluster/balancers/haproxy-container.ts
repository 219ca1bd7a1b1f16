import { affinityFor } from '../affinity/strategy.js'
import { CONFIG_DIRECTORY, CONTAINER_DESCRIPTORS, EVERYWHERE } from '../container.js'
import { httpGet } from '../http-get.js'
import { serialQueue } from '../serial-queue.js'
import type { BalancerContainer, ContainedBalancer, ContainedContext, Upstream } from './balancer.js'
import { maxConnections, renderHaproxyConfig } from './haproxy-config.js'
import { HaproxyRuntime } from './haproxy-runtime.js'

const PORT = 8080
const RUNTIME_PORT = 9999
const CONFIG_FILE = 'haproxy.cfg'

/** The official image, in master-worker mode, so that SIGHUP reloads it; its runtime API is a port. */
export const haproxyContainer: BalancerContainer = {
  configFile: CONFIG_FILE,
  spec: (isTls) => ({
    image: 'haproxy:3.4-alpine',
    command: ['haproxy', '-W', '-db', '-f', `${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
    healthcheck: [
      ...['wget', '-q', '-O', '/dev/null', '--no-check-certificate'],
      `${isTls ? 'https' : 'http'}://127.0.0.1:${PORT}/health`,
    ],
    ports: [PORT, RUNTIME_PORT],
  }),
  render: ({ strategy, maxNodes, nodes, tls }) =>
    renderHaproxyConfig({
      listen: { host: EVERYWHERE, port: PORT },
      tls,
      runtime: `ipv4@${EVERYWHERE}:${RUNTIME_PORT}`,
      maxConnections: maxConnections(CONTAINER_DESCRIPTORS),
      affinity: affinityFor(strategy, 'haproxy'),
      nodes,
      source: null,
      maxNodes,
    }),
  async start(context) {
    const contained = new HaproxyInContainer(context)
    await contained.begin()
    return contained
  },
}

/** Nodes come and go by the runtime API; the file follows, for a reload or a new start to find. */
class HaproxyInContainer implements ContainedBalancer {
  readonly endpoints
  readonly #runtime: HaproxyRuntime
  readonly #serialQueue = serialQueue()
  #pool: readonly Upstream[]

  constructor(private readonly context: ContainedContext) {
    const { control, endpoint, published } = context
    this.endpoints = [endpoint]
    this.#pool = context.nodes
    const address = { host: endpoint.host, port: published(RUNTIME_PORT) }
    this.#runtime = new HaproxyRuntime(address, context, control)
  }

  async begin(): Promise<void> {
    await this.#writeConfig()
    await this.context.control.start()
    await this.#untilHealthy()
  }

  addNodes(nodes: readonly Upstream[]): Promise<void> {
    return this.#serialQueue(async () => {
      await this.#runtime.addNodes(nodes)
      this.#pool = [...this.#pool, ...nodes]
    })
  }

  removeNode(id: string): Promise<void> {
    return this.#serialQueue(async () => {
      await this.#runtime.removeNode(id)
      this.#pool = this.#pool.filter((node) => node.id !== id)
    })
  }

  reload(): Promise<void> {
    return this.#serialQueue(async () => {
      const { control, endpoint } = this.context
      await this.#writeConfig()
      const predecessor = await this.#runtime.process()
      await control.hangUp()
      await control.untilReady({
        at: `${endpoint.host}:${endpoint.port} (a successor of process ${predecessor})`,
        isReady: async () => ![null, predecessor].includes(await this.#runtime.process()),
      })
      await this.#untilHealthy()
    })
  }

  kill(): Promise<void> {
    return this.context.control.kill()
  }

  restart(): Promise<void> {
    return this.#serialQueue(() => this.begin())
  }

  #untilHealthy(): Promise<void> {
    const { control, endpoint } = this.context
    return control.untilReady({
      at: `${endpoint.host}:${endpoint.port}/health`,
      isReady: async () => (await httpGet(endpoint, '/health'))?.status === 200,
    })
  }

  #writeConfig(): Promise<void> {
    return this.context.control.writeConfig(haproxyContainer.render({ ...this.context, nodes: this.#pool }))
  }
}
