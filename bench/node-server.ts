import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { NodeConfig, NodeStats } from '../reference-cluster/node/contract.js'
import { nowMicros } from '../src/clock.js'
import { entryPoint } from '../src/entry-point.js'
import { HEADER_BYTES, WEBSOCKET_PATH, writePublish } from '../src/protocols/reference.js'
import { cores, Program, sideModule } from './program.js'

export const MESSAGE_BYTES = 128
export const RUN = 7
const HOST = '127.0.0.1'

const config: NodeConfig = {
  id: 'n1',
  index: 0,
  host: HOST,
  port: 0,
  bridge: 'none',
  brokerUrl: null,
  drain: { mode: 'close', windowMs: 0 },
  maxBacklogBytes: 1 << 26,
}

/** A server of the reference protocol, and the one who publishes to it: stream 0, on channel 0. */
export class NodeServer {
  /** When each message was sent; sequence s at index s − 1. */
  readonly sentMicros: number[] = []
  private readonly frame = Buffer.alloc(MESSAGE_BYTES)

  private constructor(
    readonly program: Program,
    readonly port: number,
    private readonly publisher: WebSocket,
  ) {}

  /** The reference node; or `ws-node`, which does the same with `ws.send` in a loop. */
  static async start(kind: 'reference' | 'ws-node', core: number = cores.others): Promise<NodeServer> {
    const file = kind === 'reference' ? entryPoint('node') : sideModule('ws-node')
    const program = Program.module(file, { core, env: { WSBENCH_NODE: JSON.stringify(config) } })
    const { port } = await program.answer<{ type: 'ready'; port: number }>('ready')
    const publisher = new WebSocket(`ws://${HOST}:${port}${WEBSOCKET_PATH}`, { perMessageDeflate: false })
    await once(publisher, 'open')
    return new NodeServer(program, port, publisher)
  }

  get endpoint() {
    return { host: HOST, port: this.port, path: WEBSOCKET_PATH, tls: null }
  }

  /** Publishes one message to channel 0; resolves once it is acknowledged, so that all its copies are written. */
  async broadcast(): Promise<void> {
    const sentMicros = nowMicros()
    this.sentMicros.push(sentMicros)
    const sequence = this.sentMicros.length
    const header = { run: RUN, publisher: 0, channel: 0, sequence, intendedMicros: sentMicros, sentMicros }
    writePublish(this.frame.fill(0, HEADER_BYTES), 0, header)
    this.publisher.send(this.frame)
    await once(this.publisher, 'message')
  }

  /** Publishes that it has acknowledged since it started. */
  async published(): Promise<number> {
    const answer = await fetch(`http://${HOST}:${this.port}/stats`)
    return ((await answer.json()) as NodeStats).published
  }

  async stop(): Promise<void> {
    this.publisher.terminate()
    await this.program.stop()
  }
}
