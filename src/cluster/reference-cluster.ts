import type { BrokerKind } from '../../reference-cluster/node/bridges/bridge.js'
import type { PathShape } from '../../reference-cluster/proxy/contract.js'
import { nowMicros } from '../base/clock.js'
import { setupError } from '../base/errors.js'
import type { RunningBalancer } from './balancers/balancer.js'
import type {
  Cluster,
  ClusterInfo,
  ClusterNode,
  Endpoint,
  PartSample,
  PoolRemoval,
  UnexpectedExit,
} from './cluster.js'
import { httpGet } from './http-get.js'
import type { RunningBroker } from './local/broker.js'
import type { BrokerPath } from './local/broker-path.js'
import { brokerPrograms } from './local/brokers/index.js'
import type { Nodes, PartProcess, RunningNode } from './local/nodes.js'

export interface ReferenceClusterParts<Process extends PartProcess> {
  readonly info: ClusterInfo
  readonly broker: RunningBroker<Process> | null
  /** The proxy between nodes and broker; null when the plan has none. */
  readonly brokerPath: BrokerPath | null
  readonly nodes: Nodes<Process>
  readonly balancer: RunningBalancer
  readonly reloadCutsAfterMs: number | null
  readonly unexpectedExits: readonly UnexpectedExit[]
}

/** The cluster that wsbench runs itself; a driver starts its parts and ends them. */
export abstract class ReferenceCluster<Process extends PartProcess> implements Cluster {
  readonly info: ClusterInfo
  readonly endpoints: readonly Endpoint[]
  readonly brokerUrl: string | null
  readonly reloadCutsAfterMs: number | null
  readonly unexpectedExits: readonly UnexpectedExit[]
  readonly poolRemovals: PoolRemoval[] = []
  /** Where `down` kept the logs, which it does after unexpected exits. */
  keptLogs: string | null = null
  protected readonly nodeProcesses: Nodes<Process>
  readonly #balancer: RunningBalancer
  readonly #brokerPath: BrokerPath | null
  #broker: RunningBroker<Process> | null

  constructor(parts: ReferenceClusterParts<Process>) {
    this.info = parts.info
    this.endpoints = parts.balancer.endpoints
    this.brokerUrl = parts.broker?.url ?? null
    this.reloadCutsAfterMs = parts.reloadCutsAfterMs
    this.unexpectedExits = parts.unexpectedExits
    this.nodeProcesses = parts.nodes
    this.#balancer = parts.balancer
    this.#brokerPath = parts.brokerPath
    this.#broker = parts.broker
  }

  get nodes(): readonly ClusterNode[] {
    return this.nodeProcesses.running.map(describe)
  }

  async addNodes(count: number): Promise<readonly ClusterNode[]> {
    const added = await this.nodeProcesses.start(count)
    await this.#balancer.addNodes(added.map(({ upstream }) => upstream))
    return added.map(describe)
  }

  killNode(id: string): Promise<void> {
    return this.nodeProcesses.kill(id)
  }

  async drainNode(id: string): Promise<void> {
    this.nodeProcesses.find(id).state = 'draining'
    this.poolRemovals.push({ node: id, fromMicros: nowMicros(), untilMicros: null })
    await this.#balancer.removeNode(id)
    await this.nodeProcesses.drain(id)
  }

  async restartNode(id: string): Promise<void> {
    const { upstream } = await this.nodeProcesses.restart(id)
    const index = this.poolRemovals.findIndex(({ node, untilMicros }) => node === id && untilMicros === null)
    const removal = this.poolRemovals[index]
    if (removal === undefined) return
    this.poolRemovals[index] = { ...removal, untilMicros: nowMicros() }
    await this.#balancer.addNodes([upstream])
  }

  async freeze(part: string): Promise<void> {
    await this.#processOf(part).freeze()
  }

  async thaw(part: string): Promise<void> {
    if (part === 'broker' || this.nodes.some(({ id }) => id === part)) await this.#processOf(part).thaw()
  }

  async answers(part: string, withinMs: number): Promise<boolean> {
    if (part === 'broker') return doesBrokerAnswer(this.#requireBroker().url, withinMs)
    if (part !== 'balancer') return this.doesNodeAnswer(part, withinMs)
    return (await httpGet(this.endpoints[0]!, '/health', withinMs)) !== null
  }

  async brokerAnswerMs(nodeId: string, withinMs: number): Promise<number | null> {
    const url = this.#requireBrokerPath().urlOf(this.nodeProcesses.upstreamOf(nodeId).slot)
    const startMs = performance.now()
    return (await doesBrokerAnswer(url, withinMs)) ? performance.now() - startMs : null
  }

  reloadBalancer(): Promise<string> {
    return this.#balancer.reload()
  }

  killBalancer(): Promise<void> {
    return this.#balancer.kill()
  }

  startBalancer(): Promise<void> {
    return this.#balancer.restart()
  }

  async killBroker(): Promise<void> {
    await this.#requireBroker().launched.end('SIGKILL', 0)
  }

  async startBroker(): Promise<void> {
    this.#broker = await this.#requireBroker().restart()
  }

  disconnectBroker(): Promise<number> {
    return this.#requireBroker().disconnectClients()
  }

  async shapeBrokerPath(nodeIds: readonly string[], shape: PathShape): Promise<void> {
    const slots = nodeIds.map((id) => this.nodeProcesses.upstreamOf(id).slot)
    await this.#requireBrokerPath().shape(slots, shape)
  }

  async sample(): Promise<readonly PartSample[]> {
    const parts: Record<string, Pick<PartProcess, 'usage'> | undefined> = {
      balancer: this.#balancer,
      broker: this.#broker?.launched,
      'broker-path': this.#brokerPath?.launched,
      ...Object.fromEntries(
        this.nodeProcesses.running.map(({ upstream, launched }) => [upstream.id, launched]),
      ),
    }
    const samples = Object.entries(parts).map(async ([part, process]) => {
      const usage = await process?.usage()
      return usage ? [{ part, ...usage }] : []
    })
    return (await Promise.all(samples)).flat()
  }

  abstract down(): Promise<void>

  /** Of a node that is up or has ended. */
  protected abstract doesNodeAnswer(id: string, withinMs: number): Promise<boolean>

  #processOf(part: string): Process {
    return part === 'broker' ? this.#requireBroker().launched : this.nodeProcesses.find(part).launched
  }

  #requireBrokerPath(): BrokerPath {
    if (this.#brokerPath === null) throw setupError('the plan has no proxy between nodes and broker')
    return this.#brokerPath
  }

  #requireBroker(): RunningBroker<Process> {
    if (this.#broker === null) throw setupError('this cluster has no broker')
    return this.#broker
  }
}

/** `url` may be of a path to the broker. */
function doesBrokerAnswer(url: string, withinMs: number): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url)
  return brokerPrograms[protocol.slice(0, -1) as BrokerKind].isReady(hostname, Number(port), withinMs)
}

function describe({ upstream: { id, host, port }, state }: RunningNode<unknown>): ClusterNode {
  return { id, host, port, state }
}
