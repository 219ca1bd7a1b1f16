import type {
  BalancerConfig,
  PooledUpstream,
  ToBalancer,
} from '../../../reference-cluster/balancer/contract.js'
import { entryPoint } from '../../base/entry-point.js'
import { affinityFor } from '../affinity/strategy.js'
import { forkUntilReady, type ReadyFork, requestFork } from '../fork.js'
import { type Usage, usageOf } from '../local/process-stat.js'
import { serialQueue } from '../serial-queue.js'
import {
  type Balancer,
  type BalancerContext,
  endpointAt,
  type RunningBalancer,
  type Upstream,
} from './balancer.js'

/** Listener, IPC, event poll, log. */
const OWN_DESCRIPTORS = 200
const FAIR_SHARE = 0.95

/** wsbench's own small balancer, for machines without a real one: processes with a port each, controlled over IPC. */
export const embedded: Balancer = {
  kind: 'embedded',
  program: null,
  isEmbedded: true,
  canReload: false,
  choosesSource: false,
  changesPoolByReload: false,
  cutsAfterMs: () => null,
  drainStates: ['maint'],
  container: null,
  clientsPerProcess: (descriptors) => Math.floor(((descriptors - OWN_DESCRIPTORS) / 2) * FAIR_SHARE),
  async start(context) {
    const numbers = Array.from({ length: context.processes }, (_, index) => index + 1)
    const processes = await Promise.all(numbers.map((number) => startProcess(context, number, 0)))
    return new RunningEmbedded(context, processes)
  },
}

/** Port 0: any free one. */
function startProcess(context: BalancerContext, number: number, port: number): Promise<ReadyFork> {
  const { launcher, host, strategy, nodes, tls } = context
  const config: BalancerConfig = {
    host,
    port,
    strategy: affinityFor(strategy, 'embedded'),
    tls: tls && { certificateFile: tls.certificateFile, keyFile: tls.keyFile },
    upstreams: nodes.map(({ id, host, port }) => ({ id, host, port })),
  }
  return forkUntilReady(launcher, host, {
    part: context.processes === 1 ? 'balancer' : `balancer-${number}`,
    module: entryPoint('balancer'),
    env: { WSBENCH_BALANCER: JSON.stringify(config) },
  })
}

class RunningEmbedded implements RunningBalancer {
  readonly endpoints
  readonly #serialQueue = serialQueue()
  #processes: readonly ReadyFork[]
  #upstreams: readonly PooledUpstream[]

  constructor(
    private readonly context: BalancerContext,
    processes: readonly ReadyFork[],
  ) {
    this.#processes = processes
    this.endpoints = processes.map(({ port }) => endpointAt(context, port))
    this.#upstreams = context.nodes.map(pooled)
  }

  usage(): Promise<Usage | null> {
    return usageOf(this.#processes.map(({ launched }) => launched.pid))
  }

  addNodes(nodes: readonly Upstream[]): Promise<void> {
    return this.#serialQueue(() => {
      const added = nodes.map(pooled)
      const former = this.#upstreams.map((node) => added.find(({ id }) => id === node.id) ?? node)
      const fresh = added.filter(({ id }) => !former.some((node) => node.id === id))
      return this.#apply([...former, ...fresh])
    })
  }

  removeNode(id: string): Promise<void> {
    return this.#serialQueue(() =>
      this.#apply(this.#upstreams.map((node) => (node.id === id ? { ...node, inPool: false } : node))),
    )
  }

  reload(): Promise<string> {
    return Promise.reject(new Error('the embedded balancer has no configuration to reload'))
  }

  async kill(): Promise<void> {
    await Promise.all(this.#processes.map(({ launched }) => launched.end('SIGKILL', 0)))
  }

  restart(): Promise<void> {
    return this.#serialQueue(async () => {
      const { context } = this
      this.#processes = await Promise.all(
        this.#processes.map(({ port }, index) => startProcess(context, index + 1, port)),
      )
      await this.#apply(this.#upstreams)
    })
  }

  async #apply(upstreams: readonly PooledUpstream[]): Promise<void> {
    this.#upstreams = upstreams
    await Promise.all(this.#processes.map((process) => this.#send(process)))
  }

  async #send({ launched, port }: ReadyFork): Promise<void> {
    const message: ToBalancer = { type: 'upstreams', upstreams: this.#upstreams }
    const at = `${this.context.host}:${port} with ${this.#upstreams.length} nodes`
    await requestFork(this.context.launcher, { launched, at, message, answer: 'applied' })
  }
}

function pooled({ id, host, port }: Upstream): PooledUpstream {
  return { id, host, port, inPool: true }
}
