import type {
  BalancerConfig,
  FromBalancer,
  PooledUpstream,
  ToBalancer,
} from '../../../reference-cluster/balancer/contract.js'
import { entryPoint } from '../../entry-point.js'
import { packageVersion } from '../../package-info.js'
import { affinityFor } from '../affinity/capability.js'
import { forkUntilReady, type ReadyFork } from '../forked.js'
import { inTurn } from '../in-turn.js'
import { untilReady } from '../readiness.js'
import {
  type Balancer,
  type BalancerContext,
  endpointAt,
  type RunningBalancer,
  type Upstream,
} from './balancer.js'

/** Listener, IPC, event poll, log, checks. */
const OWN_DESCRIPTORS = 200
const FAIR_SHARE = 0.95

/** wsbench's own small balancer, for a machine without nginx or HAProxy: processes with a port each, told over IPC. */
export const embedded: Balancer = {
  kind: 'embedded',
  isEmbedded: true,
  clientsPerProcess: (descriptors) => Math.floor(((descriptors - OWN_DESCRIPTORS) / 2) * FAIR_SHARE),
  async start(context) {
    const numbers = Array.from({ length: context.processes }, (_, index) => index + 1)
    const processes = await Promise.all(numbers.map((number) => startProcess(context, number)))
    return new RunningEmbedded(context, processes, packageVersion)
  },
}

function startProcess(context: BalancerContext, number: number): Promise<ReadyFork> {
  const { launcher, host, strategy, nodes, tls } = context
  const config: BalancerConfig = {
    host,
    port: 0,
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
  readonly pids
  readonly #inTurn = inTurn()
  #upstreams: readonly PooledUpstream[]

  constructor(
    private readonly context: BalancerContext,
    private readonly processes: readonly ReadyFork[],
    readonly version: string,
  ) {
    this.endpoints = processes.map(({ port }) => endpointAt(context, port))
    this.pids = processes.map(({ launched }) => launched.pid)
    this.#upstreams = context.nodes.map(pooled)
  }

  addNodes(nodes: readonly Upstream[]): Promise<void> {
    return this.#inTurn(() => this.#apply([...this.#upstreams, ...nodes.map(pooled)]))
  }

  removeNode(id: string): Promise<void> {
    return this.#inTurn(() =>
      this.#apply(this.#upstreams.map((node) => (node.id === id ? { ...node, inPool: false } : node))),
    )
  }

  async #apply(upstreams: readonly PooledUpstream[]): Promise<void> {
    this.#upstreams = upstreams
    await Promise.all(this.processes.map((process) => this.#tell(process)))
  }

  async #tell({ launched, port }: ReadyFork): Promise<void> {
    let isApplied = false
    const listen = (message: FromBalancer) => {
      isApplied ||= message.type === 'applied'
    }
    launched.child.on('message', listen)
    launched.child.send({ type: 'upstreams', upstreams: this.#upstreams } satisfies ToBalancer)
    try {
      await untilReady(this.context.launcher, launched, {
        at: `${this.context.host}:${port} with ${this.#upstreams.length} nodes`,
        isReady: () => isApplied,
      })
    } finally {
      launched.child.off('message', listen)
    }
  }
}

function pooled({ id, host, port }: Upstream): PooledUpstream {
  return { id, host, port, inPool: true }
}
