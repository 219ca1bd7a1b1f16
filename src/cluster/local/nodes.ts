import { setupError } from '../../base/errors.js'
import type { Upstream } from '../balancers/balancer.js'
import type { ClusterNode } from '../cluster.js'
import { partError } from '../readiness.js'
import type { LaunchedProcess, Launcher } from './launcher.js'

/** What a node may take beyond its drain window before it is killed. */
export const DRAIN_GRACE_MS = 10_000
/** What a container exits with that was killed: 128 + SIGKILL. */
const KILLED = 137

/** The process of a node or broker, on this machine or in a container. */
export type PartProcess = Pick<LaunchedProcess, 'gone' | 'end' | 'freeze' | 'thaw' | 'usage'>

export interface StartedNode<Process> {
  readonly upstream: Upstream
  readonly launched: Process
}

export interface RunningNode<Process> extends StartedNode<Process> {
  state: ClusterNode['state']
}

export interface NodesSettings<Process> {
  readonly launcher: Launcher
  readonly maxNodes: number
  readonly drainWindowMs: number
  /** Starts the node of a slot; it is ready when this resolves. Port 0: any free one. */
  readonly start: (slot: number, port: number) => Promise<StartedNode<Process>>
}

/** Id of the node in a slot. */
export function nodeId(slot: number): string {
  return `n${slot + 1}`
}

/** The node processes of a cluster, from birth to end. Ids count up from n1; only a restart gives one again. */
export class Nodes<Process extends PartProcess> {
  readonly #running = new Map<string, RunningNode<Process>>()
  /** Nodes that are gone, by id. */
  readonly #former = new Map<string, Upstream>()
  #born = 0

  constructor(private readonly settings: NodesSettings<Process>) {}

  /** Up or draining, in order of birth. */
  get running(): readonly RunningNode<Process>[] {
    return [...this.#running.values()]
  }

  /** Starts `count` nodes side by side; all are ready when it resolves, none is left when it rejects. */
  async start(count: number): Promise<readonly RunningNode<Process>[]> {
    const { maxNodes } = this.settings
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
  async restart(id: string): Promise<RunningNode<Process>> {
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
    const { launcher, drainWindowMs } = this.settings
    const { launched } = this.find(id)
    const deadlineMs = drainWindowMs + DRAIN_GRACE_MS
    await launched.end('SIGTERM', deadlineMs)
    const { code, signal } = await launched.gone
    if (signal === 'SIGKILL' || code === KILLED)
      throw partError(launcher, id, `was still there ${deadlineMs} ms after SIGTERM and was killed`)
  }

  /** Slot of a node that is or was. */
  slotOf = (id: string): number => (this.#former.get(id) ?? this.find(id).upstream).slot

  find(id: string): RunningNode<Process> {
    const node = this.#running.get(id)
    if (!node)
      throw setupError(`no node ${id} is up`, `up: ${[...this.#running.keys()].join(', ') || 'none'}`)
    return node
  }

  #register(node: RunningNode<Process>): void {
    const { id } = node.upstream
    this.#running.set(id, node)
    void node.launched.gone.then(() => {
      this.#running.delete(id)
      this.#former.set(id, node.upstream)
    })
  }

  async #startOne(slot: number, port: number): Promise<RunningNode<Process>> {
    return { ...(await this.settings.start(slot, port)), state: 'up' }
  }
}
