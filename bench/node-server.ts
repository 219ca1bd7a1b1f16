import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { NodeConfig } from '../reference-cluster/node/contract.js'
import type { NodeStats } from '../reference-cluster/node/counters.js'
import { nowMicros } from '../src/base/clock.js'
import { entryPoint } from '../src/base/entry-point.js'
import { WEBSOCKET_PATH, writePublish } from '../src/protocols/reference.js'
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
  brokerPatienceMs: 10_000,
  drain: { mode: 'close', windowMs: 0 },
  maxBacklogBytes: 1 << 26,
}

/** A server of the reference protocol, and the one who publishes to it: stream 0, on channel 0. */
export class NodeServer {
  /** When each message was sent; sequence s at index s − 1. */
  readonly sentMicros: number[] = []

  private constructor(
    readonly program: Program,
    readonly port: number,
    private readonly publisher: WebSocket,
    private readonly socket: Socket,
  ) {}

  /** The reference node; or `ws-node`, which does the same with `ws.send` in a loop. */
  static async start(kind: 'reference' | 'ws-node', core: number = cores.others): Promise<NodeServer> {
    const file = kind === 'reference' ? entryPoint('node') : sideModule('ws-node')
    const program = Program.module(file, { core, env: { WSBENCH_NODE: JSON.stringify(config) } })
    const { port } = await program.answer<{ type: 'ready'; port: number }>('ready')
    const publisher = new WebSocket(`ws://${HOST}:${port}${WEBSOCKET_PATH}`, { perMessageDeflate: false })
    const [response] = (await once(publisher, 'upgrade')) as [IncomingMessage]
    return new NodeServer(program, port, publisher, response.socket)
  }

  get endpoint() {
    return { host: HOST, port: this.port, path: WEBSOCKET_PATH, tls: null }
  }

  /** Publishes to channel 0, `count` messages in one write; resolves once all are acknowledged, their copies written. */
  async broadcast(count = 1): Promise<void> {
    const acked = new Promise<void>((resolve) => {
      let acks = 0
      const take = (): void => {
        acks += 1
        if (acks < count) return
        this.publisher.off('message', take)
        resolve()
      }
      this.publisher.on('message', take)
    })
    this.socket.cork()
    for (let message = 0; message < count; message += 1) this.publish()
    this.socket.uncork()
    await acked
  }

  private publish(): void {
    const sentMicros = nowMicros()
    this.sentMicros.push(sentMicros)
    const sequence = this.sentMicros.length
    const header = { run: RUN, publisher: 0, channel: 0, sequence, plannedMicros: sentMicros, sentMicros }
    const message = Buffer.alloc(MESSAGE_BYTES)
    writePublish(message, 0, header)
    this.publisher.send(message)
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
