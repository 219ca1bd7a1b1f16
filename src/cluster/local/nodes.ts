import type { NodeConfig } from '../../../reference-cluster/node/contract.js'
import { entryPoint } from '../../entry-point.js'
import { setupError } from '../../errors.js'
import type { ClusterPlan } from '../../scenarios/plan.js'
import type { Upstream } from '../balancers/balancer.js'
import type { ClusterNode } from '../cluster.js'
import { forkUntilReady } from '../forked.js'
import { partError } from '../readiness.js'
import type { LaunchedProcess, Launcher } from './launcher.js'

export const MAX_BACKLOG_BYTES = 16 * 1024 * 1024
/** What a node may take beyond its drain window before it is killed. */
export const DRAIN_GRACE_MS = 10_000

export interface RunningNode {
  readonly upstream: Upstream
  readonly launched: LaunchedProcess
  state: ClusterNode['state']
}

export interface NodesSettings {
  readonly launcher: Launcher
  readonly host: string
  readonly plan: ClusterPlan
  /** Where a node reaches the broker; null when there is none. */
  readonly brokerUrlOf: (slot: number) => string | null
}

/** The node processes of a cluster, from birth to end. Ids count up from n1; only a restart gives one again. */
export class Nodes {
  readonly #running = new Map<string, RunningNode>()
  /** Nodes that are gone, by id. */
  readonly #former = new Map<string, Upstream>()
  #born = 0

  constructor(private readonly settings: NodesSettings) {}

  /** Up or draining, in order of birth. */
  get running(): readonly RunningNode[] {
    return [...this.#running.values()]
  }

  /** Starts `count` nodes side by side; all are ready when it resolves, none is left when it rejects. */
  async start(count: number): Promise<readonly RunningNode[]> {
    const { maxNodes } = this.settings.plan
    if (this.#born + count > maxNodes) {
      throw setupError(
        `the plan has ${maxNodes} nodes at most, ${this.#born} were started, and ${count} more are asked for`,
      )
    }
    const slots = Array.from({ length: count }, () => this.#born++)
    const starts = await Promise.allSettled(slots.map((slot) => this.#startOne(slot, 0)))
    const nodes = starts.filter((start) => start.status === 'fulfilled').map((start) => start.value)
    const failure = starts.find((start) => start.status === 'rejected')
    if (failure) {
      await Promise.all(nodes.map((node) => node.launched.end('SIGKILL', 0)))
      throw failure.reason
    }
    for (const node of nodes) this.#register(node)
    return nodes
  }

  /** A new process with the id, slot and address of a node that is gone; it is ready when it resolves. */
  async restart(id: string): Promise<RunningNode> {
    const former = this.#former.get(id)
    if (former === undefined) throw setupError(`${id} can't be restarted: it is not gone`)
    this.#former.delete(id)
    try {
      const node = await this.#startOne(former.slot, former.port)
      this.#register(node)
      return node
    } catch (error) {
      this.#former.set(id, former)
      throw error
    }
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(id: string): Promise<void> {
    await this.find(id).launched.end('SIGKILL', 0)
  }

  /** SIGTERM; a setupError when it had to be killed long after its window. */
  async drain(id: string): Promise<void> {
    const { launcher, plan } = this.settings
    const { launched } = this.find(id)
    const deadlineMs = plan.drain.windowMs + DRAIN_GRACE_MS
    await launched.end('SIGTERM', deadlineMs)
    const { signal } = await launched.gone
    if (signal === 'SIGKILL')
      throw partError(launcher, id, `was still there ${deadlineMs} ms after SIGTERM and was killed`)
  }

  /** Slot of a node that is or was. */
  slotOf = (id: string): number => (this.#former.get(id) ?? this.find(id).upstream).slot

  find(id: string): RunningNode {
    const node = this.#running.get(id)
    if (!node)
      throw setupError(`no node ${id} is up`, `up: ${[...this.#running.keys()].join(', ') || 'none'}`)
    return node
  }

  #register(node: RunningNode): void {
    const { id } = node.upstream
    this.#running.set(id, node)
    void node.launched.gone.then(() => {
      this.#running.delete(id)
      this.#former.set(id, node.upstream)
    })
  }

  /** Port 0: any free one. */
  async #startOne(slot: number, wantedPort: number): Promise<RunningNode> {
    const { launcher, host } = this.settings
    const id = `n${slot + 1}`
    const { launched, port } = await forkUntilReady(launcher, host, {
      part: id,
      module: entryPoint('node'),
      env: { WSBENCH_NODE: JSON.stringify(this.#config(id, slot, wantedPort)) },
    })
    return { upstream: { id, slot, host, port }, launched, state: 'up' }
  }

  #config(id: string, index: number, port: number): NodeConfig {
    const { host, plan, brokerUrlOf } = this.settings
    const { bridge, drain } = plan
    const brokerUrl = brokerUrlOf(index)
    return { id, index, host, port, bridge, brokerUrl, drain, maxBacklogBytes: MAX_BACKLOG_BYTES }
  }
}
