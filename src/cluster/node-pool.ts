import { nowMicros } from '../base/clock.js'
import type { RunningBalancer } from './balancers/balancer.js'
import type { ClusterNode, PoolRemoval } from './cluster.js'
import type { NodeProcess, Nodes, RunningNode } from './local/nodes.js'

/** Nodes and the balancer in front of them: what has to be told of whom, when nodes come and go. */
export class NodePool<Process extends NodeProcess> {
  readonly #poolRemovals: PoolRemoval[] = []

  constructor(
    readonly nodes: Nodes<Process>,
    private readonly balancer: Pick<RunningBalancer, 'addNodes' | 'removeNode'>,
  ) {}

  /** Up or draining, in order of birth. */
  get all(): readonly ClusterNode[] {
    return this.nodes.running.map(describe)
  }

  get poolRemovals(): readonly PoolRemoval[] {
    return this.#poolRemovals
  }

  async add(count: number): Promise<readonly ClusterNode[]> {
    const added = await this.nodes.start(count)
    await this.balancer.addNodes(added.map(({ upstream }) => upstream))
    return added.map(describe)
  }

  async drain(id: string): Promise<void> {
    this.nodes.find(id).state = 'draining'
    this.#poolRemovals.push({ node: id, fromMicros: nowMicros(), untilMicros: null })
    await this.balancer.removeNode(id)
    await this.nodes.drain(id)
  }

  async restart(id: string): Promise<void> {
    const node = await this.nodes.restart(id)
    const index = this.#poolRemovals.findIndex(
      (absence) => absence.node === id && absence.untilMicros === null,
    )
    const absence = this.#poolRemovals[index]
    if (absence === undefined) return
    this.#poolRemovals[index] = { ...absence, untilMicros: nowMicros() }
    await this.balancer.addNodes([node.upstream])
  }
}

function describe({ upstream: { id, host, port }, state }: RunningNode<unknown>): ClusterNode {
  return { id, host, port, state }
}
