import { createConnection, type NetConnectOpts } from 'node:net'
import type { WatchedPart } from '../readiness.js'
import type { DrainState, Upstream } from './balancer.js'
import { BACKEND } from './haproxy-config.js'

/** The runtime API of a HAProxy that runs: nodes come and go by it. */
export class HaproxyRuntime {
  constructor(
    /** Of its stats socket. */
    private readonly address: { readonly path: string } | { readonly host: string; readonly port: number },
    private readonly settings: { readonly maxNodes: number; readonly drainState: DrainState },
    private readonly part: WatchedPart,
  ) {}

  async addNodes(nodes: readonly Upstream[]): Promise<void> {
    const { maxNodes } = this.settings
    for (const { id, host, port, slot } of nodes) {
      if (slot >= maxNodes) throw new Error(`${id} has no slot: ${maxNodes} were declared`)
      await this.#say(`set server ${BACKEND}/${id} addr ${host} port ${port}`)
      await this.#say(`set server ${BACKEND}/${id} state ready`)
      await this.#untilState(id, 'ready')
    }
  }

  /** HAProxy's `drain`, the naive choice, still honours the server's cookie (haproxy #2894); `maint` does not. */
  async removeNode(id: string): Promise<void> {
    const { drainState } = this.settings
    await this.#say(`set server ${BACKEND}/${id} state ${drainState}`)
    await this.#untilState(id, drainState)
  }

  /** Pid of the process that answers, as it sees itself; null when none does. */
  async process(): Promise<number | null> {
    return processOf(await command(this.address, 'show info').catch(() => ''))
  }

  #untilState(id: string, state: SlotState): Promise<void> {
    return this.part.untilReady({
      at: `${this.#where} (${id} ${state})`,
      isReady: async () => slotState(await this.#say(`show servers state ${BACKEND}`), id) === state,
    })
  }

  async #say(line: string): Promise<string> {
    try {
      return await command(this.address, line)
    } catch {
      throw this.part.error(`does not answer on ${this.#where}`)
    }
  }

  get #where(): string {
    const { address } = this
    return 'path' in address ? address.path : `${address.host}:${address.port}`
  }
}

/** One command to the runtime API behind a stats socket; resolves to all it answers. */
function command(address: NetConnectOpts, line: string): Promise<string> {
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

/** `ready`: up and in the pool. `maint`: nobody is sent there, cookie or not. `drain`: only who bears its cookie. */
type SlotState = 'ready' | 'maint' | 'drain' | 'down'

const RUNNING = 2
/** Forced by the runtime API or inherited; that it was once `disabled` in the file (0x04) means nothing. */
const MAINTENANCE = 0x01 | 0x02
/** By the runtime API, or inherited. */
const DRAIN = 0x08 | 0x10

/** State of a slot by an answer to `show servers state` (HAProxy management guide §9.3). */
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
