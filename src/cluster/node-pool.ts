import { nowMicros } from '../base/clock.js'
import type { RunningBalancer } from './balancers/balancer.js'
import type { ClusterNode, PoolAbsence } from './cluster.js'
import type { NodeProcess, Nodes, RunningNode } from './local/nodes.js'

/** Nodes and the balancer in front of them: what has to be told of whom, when nodes come and go. */
export class NodePool<Process extends NodeProcess> {
  readonly #absences: PoolAbsence[] = []

  constructor(
    readonly nodes: Nodes<Process>,
    private readonly balancer: Pick<RunningBalancer, 'addNodes' | 'removeNode'>,
  ) {}

  /** Up or draining, in order of birth. */
  get all(): readonly ClusterNode[] {
    return this.nodes.running.map(describe)
  }

  get absences(): readonly PoolAbsence[] {
    return this.#absences
  }

  async add(count: number): Promise<readonly ClusterNode[]> {
    const added = await this.nodes.start(count)
    await this.balancer.addNodes(added.map(({ upstream }) => upstream))
    return added.map(describe)
  }

  async drain(id: string): Promise<void> {
    this.nodes.find(id).state = 'draining'
    this.#absences.push({ node: id, fromMicros: nowMicros(), untilMicros: null })
    await this.balancer.removeNode(id)
    await this.nodes.drain(id)
  }

  async restart(id: string): Promise<void> {
    const node = await this.nodes.restart(id)
    const index = this.#absences.findIndex((absence) => absence.node === id && absence.untilMicros === null)
    const absence = this.#absences[index]
    if (absence === undefined) return
    this.#absences[index] = { ...absence, untilMicros: nowMicros() }
    await this.balancer.addNodes([node.upstream])
  }
}

function describe({ upstream: { id, host, port }, state }: RunningNode<unknown>): ClusterNode {
  return { id, host, port, state }
}
