import type { RunningBalancer } from './balancers/balancer.js'
import type { ClusterNode } from './cluster.js'
import type { NodeProcess, Nodes, RunningNode } from './local/nodes.js'

/** Nodes and the balancer in front of them: what has to be told of whom, when nodes come and go. */
export class NodePool<Process extends NodeProcess> {
  /** Ids of nodes that are gone and had been taken out of the balancer's pool. */
  readonly #left = new Set<string>()

  constructor(
    readonly nodes: Nodes<Process>,
    private readonly balancer: Pick<RunningBalancer, 'addNodes' | 'removeNode'>,
  ) {}

  /** Up or draining, in order of birth. */
  get all(): readonly ClusterNode[] {
    return this.nodes.running.map(describe)
  }

  async add(count: number): Promise<readonly ClusterNode[]> {
    const added = await this.nodes.start(count)
    await this.balancer.addNodes(added.map(({ upstream }) => upstream))
    return added.map(describe)
  }

  async drain(id: string): Promise<void> {
    this.nodes.find(id).state = 'draining'
    await this.balancer.removeNode(id)
    this.#left.add(id)
    await this.nodes.drain(id)
  }

  async restart(id: string): Promise<void> {
    const node = await this.nodes.restart(id)
    if (!this.#left.has(id)) return
    await this.balancer.addNodes([node.upstream])
    this.#left.delete(id)
  }
}

function describe({ upstream: { id, host, port }, state }: RunningNode<unknown>): ClusterNode {
  return { id, host, port, state }
}
