import { setupError } from '../../base/errors.js'
import type { Upstream } from '../balancers/balancer.js'
import type { ClusterNode } from '../cluster.js'
import { partError } from '../readiness.js'
import type { LaunchedProcess, Launcher } from './launcher.js'

/** How long after its drain window a node is killed. */
export const DRAIN_GRACE_MS = 10_000
/** Exit code of a container that was killed: 128 + SIGKILL. */
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
  /** Starts the node of a slot; resolves once it is ready. Port 0: any free port. */
  readonly start: (slot: number, port: number) => Promise<StartedNode<Process>>
}

/** Id of the node in a slot. */
export function nodeId(slot: number): string {
  return `n${slot + 1}`
}

/** The nodes of a cluster. Ids count up from n1; only a restarted node has the id of an earlier one. */
export class Nodes<Process extends PartProcess> {
  readonly #running = new Map<string, RunningNode<Process>>()
  /** Nodes that have ended, by id. */
  readonly #former = new Map<string, Upstream>()
  #started = 0

  constructor(private readonly settings: NodesSettings<Process>) {}

  /** Nodes that are up or draining, in start order. */
  get running(): readonly RunningNode<Process>[] {
    return [...this.#running.values()]
  }

  /** Starts `count` nodes in parallel. Resolves once all are ready; if one fails, the others are ended. */
  async start(count: number): Promise<readonly RunningNode<Process>[]> {
    const { maxNodes } = this.settings
    if (this.#started + count > maxNodes) {
      throw setupError(
        `can't start ${count} more nodes: the plan has ${maxNodes}, and ${this.#started} were started`,
      )
    }
    const slots = Array.from({ length: count }, () => this.#started++)
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

  /** Starts a new process with the id, slot and address of a node that has ended. Resolves once it is ready. */
  async restart(id: string): Promise<RunningNode<Process>> {
    const former = this.#former.get(id)
    if (former === undefined) throw setupError(`${id} can't be restarted: it has not ended`)
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

  /** SIGTERM. A setupError when it had to be killed after its window and grace period. */
  async drain(id: string): Promise<void> {
    const { launcher, drainWindowMs } = this.settings
    const { launched } = this.find(id)
    const deadlineMs = drainWindowMs + DRAIN_GRACE_MS
    await launched.end('SIGTERM', deadlineMs)
    const { code, signal } = await launched.gone
    if (signal === 'SIGKILL' || code === KILLED)
      throw partError(launcher, id, `was still running ${deadlineMs} ms after SIGTERM and was killed`)
  }

  /** Of a node that is up or has ended. */
  upstreamOf(id: string): Upstream {
    return this.#former.get(id) ?? this.find(id).upstream
  }

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
