import type { ToNode } from '../../../reference-cluster/node/contract.js'
import type { PathShape } from '../../../reference-cluster/proxy/contract.js'
import { setupError } from '../../base/errors.js'
import { strategies } from '../affinity/index.js'
import type { RunningBalancer } from '../balancers/balancer.js'
import { balancers } from '../balancers/index.js'
import type {
  Cluster,
  ClusterInfo,
  ClusterNode,
  Endpoint,
  PartSample,
  PoolRemoval,
  UnexpectedExit,
} from '../cluster.js'
import type { ClusterPlan } from '../cluster-plan.js'
import { NodePool } from '../node-pool.js'
import { writeTlsFiles } from '../tls/tls-files.js'
import { type RunningBroker, startBroker } from './broker.js'
import { type BrokerPath, startBrokerPath } from './broker-path.js'
import type { BrokerSettings } from './brokers/broker-program.js'
import { withLogs } from './kept-logs.js'
import type { LaunchedProcess } from './launcher.js'
import { drawLoopbackHost } from './loopback.js'
import { startNodeProcess } from './node-process.js'
import { Nodes } from './nodes.js'
import { usageOf } from './process-stat.js'
import { openLauncher, type RunLauncher } from './run-launcher.js'

export interface LocalClusterOptions {
  readonly plan: ClusterPlan
  /** Open files a process may have. */
  readonly descriptors: number
  readonly expectedClients: number
}

/**
 * Brings up broker, nodes and balancer, in that order, each once the one before is ready. A part that fails is a
 * setupError that says which, where, and how its log ends; nothing is left running then.
 */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  refuseTooManyClients(options)
  const unexpectedExits: UnexpectedExit[] = []
  const launcher = await openLauncher((casualty) => unexpectedExits.push(casualty))
  try {
    return new LocalCluster(await bringUp(launcher, options), unexpectedExits)
  } catch (error) {
    throw withLogs(error, await launcher.dispose({ keepLogs: true }))
  }
}

interface Parts {
  readonly plan: ClusterPlan
  readonly launcher: RunLauncher
  readonly brokerSettings: BrokerSettings
  readonly broker: RunningBroker | null
  /** The proxy that nodes reach the broker through, where the plan has one. */
  readonly brokerPath: BrokerPath | null
  readonly nodes: Nodes<LaunchedProcess>
  readonly balancer: RunningBalancer
}

async function bringUp(launcher: RunLauncher, { plan, descriptors }: LocalClusterOptions): Promise<Parts> {
  const host = await drawLoopbackHost()
  const brokerSettings = { launcher, host, descriptors, port: 0 }
  const broker = plan.broker === null ? null : await startBroker(plan.broker, brokerSettings)
  const brokerPath =
    broker !== null && plan.broker?.isProxied
      ? await startBrokerPath({ launcher, host, brokerUrl: broker.url, maxNodes: plan.maxNodes })
      : null
  const brokerUrlOf = (slot: number) => brokerPath?.urlOf(slot) ?? broker?.url ?? null
  const nodes = new Nodes({
    launcher,
    maxNodes: plan.maxNodes,
    drainWindowMs: plan.drain.windowMs,
    start: (slot, port) => startNodeProcess({ launcher, host, plan, brokerUrlOf }, slot, port),
  })
  const started = await nodes.start(plan.nodes)
  const tls = plan.balancer.tls ? await writeTlsFiles(launcher.directory, host) : null
  const balancer = await balancers[plan.balancer.kind].start({
    launcher,
    host,
    tls,
    descriptors,
    binary: plan.balancer.binary,
    strategy: strategies[plan.balancer.strategy],
    drainState: plan.balancer.drainState,
    processes: plan.balancer.processes,
    sources: plan.balancer.sources,
    maxNodes: plan.maxNodes,
    nodes: started.map((node) => node.upstream),
  })
  return { plan, launcher, brokerSettings, broker, brokerPath, nodes, balancer }
}

/** The reference cluster as child processes of this one. */
export class LocalCluster implements Cluster {
  readonly info: ClusterInfo
  readonly endpoints: readonly Endpoint[]
  readonly brokerUrl: string | null
  /** Where `down` kept the logs, which it does when there were casualties. */
  keptLogs: string | null = null
  #broker: RunningBroker | null
  readonly #pool: NodePool<LaunchedProcess>

  constructor(
    private readonly parts: Parts,
    readonly unexpectedExits: readonly UnexpectedExit[],
  ) {
    const { plan, broker, balancer } = parts
    const { kind, strategy, isEmbedded } = plan.balancer
    this.info = {
      driver: 'local',
      balancer: { kind, strategy, isEmbedded, version: balancer.version },
      broker: broker?.info ?? null,
      bridge: plan.bridge,
    }
    this.#broker = broker
    this.endpoints = balancer.endpoints
    this.#pool = new NodePool(parts.nodes, balancer)
    this.brokerUrl = broker?.url ?? null
  }

  get nodes(): readonly ClusterNode[] {
    return this.#pool.all
  }

  get poolRemovals(): readonly PoolRemoval[] {
    return this.#pool.poolRemovals
  }

  addNodes(count: number): Promise<readonly ClusterNode[]> {
    return this.#pool.add(count)
  }

  killNode(id: string): Promise<void> {
    return this.parts.nodes.kill(id)
  }

  drainNode(id: string): Promise<void> {
    return this.#pool.drain(id)
  }

  restartNode(id: string): Promise<void> {
    return this.#pool.restart(id)
  }

  async freeze(part: string): Promise<void> {
    this.#processOf(part).child.kill('SIGSTOP')
  }

  async thaw(part: string): Promise<void> {
    if (part === 'broker' || this.nodes.some(({ id }) => id === part))
      this.#processOf(part).child.kill('SIGCONT')
  }

  reloadBalancer(): Promise<void> {
    return this.parts.balancer.reload()
  }

  killBalancer(): Promise<void> {
    return this.parts.balancer.kill()
  }

  startBalancer(): Promise<void> {
    return this.parts.balancer.restart()
  }

  async killBroker(): Promise<void> {
    await this.#requireBroker().launched.end('SIGKILL', 0)
  }

  async startBroker(): Promise<void> {
    const { plan, brokerSettings } = this.parts
    const port = Number(new URL(this.#requireBroker().url).port)
    if (plan.broker !== null) this.#broker = await startBroker(plan.broker, { ...brokerSettings, port })
  }

  disconnectBroker(): Promise<void> {
    return this.#requireBroker().disconnectClients()
  }

  async shapeBrokerPath(nodeIds: readonly string[], shape: PathShape): Promise<void> {
    const { brokerPath, nodes } = this.parts
    if (brokerPath === null) throw setupError('the plan has no proxy between nodes and broker')
    await brokerPath.shape(nodeIds.map(nodes.slotOf), shape)
  }

  /** Says something to a node over its IPC channel. */
  tellNode(id: string, message: ToNode): void {
    this.parts.nodes.find(id).launched.child.send(message)
  }

  async sample(): Promise<readonly PartSample[]> {
    const { brokerPath, balancer, nodes } = this.parts
    const broker = this.#broker
    const pids: readonly (readonly [string, readonly number[]])[] = [
      ['balancer', balancer.pids],
      ...(broker === null ? [] : [['broker', [broker.launched.pid]] as const]),
      ...(brokerPath === null ? [] : [['broker-path', [brokerPath.launched.pid]] as const]),
      ...nodes.running.map((node) => [node.upstream.id, [node.launched.pid]] as const),
    ]
    const samples = await Promise.all(
      pids.map(async ([part, members]) => {
        const usage = await usageOf(members)
        return usage === null ? [] : [{ part, ...usage }]
      }),
    )
    return samples.flat()
  }

  async down(): Promise<void> {
    this.keptLogs = await this.parts.launcher.dispose({ keepLogs: this.unexpectedExits.length > 0 })
  }

  #processOf(part: string): LaunchedProcess {
    return part === 'broker' ? this.#requireBroker().launched : this.parts.nodes.find(part).launched
  }

  #requireBroker(): RunningBroker {
    if (this.#broker === null) throw setupError('this cluster has no broker')
    return this.#broker
  }
}

function refuseTooManyClients({ plan, descriptors, expectedClients }: LocalClusterOptions): void {
  const { kind, processes } = plan.balancer
  const carries = processes * balancers[kind].clientsPerProcess(descriptors)
  if (expectedClients <= carries) return
  throw setupError(
    `balancer: ${processes} process(es) of ${kind} carry ${carries} clients, and ${expectedClients} are to come`,
    `more processes, fewer clients, or a limit above ${descriptors} open files (ulimit -n)`,
  )
}
