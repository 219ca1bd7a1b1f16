import { createConnection, type NetConnectOpts } from 'node:net'
import type { WatchedPart } from '../readiness.js'
import type { DrainState, Upstream } from './balancer.js'
import { BACKEND } from './haproxy-config.js'

/** The runtime API of a running HAProxy, by which nodes are added and removed. */
export class HaproxyRuntime {
  constructor(
    /** Address of its stats socket. */
    private readonly address: { readonly path: string } | { readonly host: string; readonly port: number },
    private readonly settings: { readonly maxNodes: number; readonly drainState: DrainState },
    private readonly part: WatchedPart,
  ) {}

  async addNodes(nodes: readonly Upstream[]): Promise<void> {
    const { maxNodes } = this.settings
    for (const { id, host, port, slot } of nodes) {
      if (slot >= maxNodes) throw new Error(`${id} has no slot: only ${maxNodes} were declared`)
      await this.#command(`set server ${BACKEND}/${id} addr ${host} port ${port}`)
      await this.#command(`set server ${BACKEND}/${id} state ready`)
      await this.#untilState(id, 'ready')
    }
  }

  /** In HAProxy's state `drain` the server's cookie is still honoured (haproxy #2894), in `maint` it is not. */
  async removeNode(id: string): Promise<void> {
    const { drainState } = this.settings
    await this.#command(`set server ${BACKEND}/${id} state ${drainState}`)
    await this.#untilState(id, drainState)
  }

  /** Pid of the process that answers, in its own namespace; null when none answers. */
  async process(): Promise<number | null> {
    return processOf(await commandTo(this.address, 'show info').catch(() => ''))
  }

  #untilState(id: string, state: SlotState): Promise<void> {
    return this.part.untilReady({
      at: `${this.#where} (${id} ${state})`,
      isReady: async () => slotState(await this.#command(`show servers state ${BACKEND}`), id) === state,
    })
  }

  async #command(line: string): Promise<string> {
    try {
      return await commandTo(this.address, line)
    } catch {
      throw this.part.error(`does not answer on ${this.#where}`)
    }
  }

  get #where(): string {
    const { address } = this
    return 'path' in address ? address.path : `${address.host}:${address.port}`
  }
}

/** Sends one command to a stats socket; resolves with the whole answer. */
function commandTo(address: NetConnectOpts, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address, () => socket.end(`${line}\n`))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    socket.once('end', () => resolve(answer))
    socket.once('error', reject)
  })
}

/** `ready`: up and in the pool. `maint`: gets no new connections. `drain`: only those with its cookie. */
type SlotState = 'ready' | 'maint' | 'drain' | 'down'

const RUNNING = 2
/** Set by the runtime API, or inherited. 0x04, `disabled` in the file, is ignored: it stays set. */
const MAINTENANCE = 0x01 | 0x02
/** Set by the runtime API, or inherited. */
const DRAIN = 0x08 | 0x10

/** State of a slot, from an answer to `show servers state` (HAProxy management guide §9.3). */
function slotState(answer: string, id: string): SlotState {
  const row = answer
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => fields[3] === id)
  const [operational, administrative] = [Number(row?.[5]), Number(row?.[6])]
  if ((administrative & MAINTENANCE) !== 0) return 'maint'
  if ((administrative & DRAIN) !== 0) return 'drain'
  return operational === RUNNING ? 'ready' : 'down'
}

/** Pid of the process that answered `show info`; null when the answer has none. */
function processOf(answer: string): number | null {
  const pid = /^Pid: (\d+)$/m.exec(answer)?.[1]
  return pid === undefined ? null : Number(pid)
}
