import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type ClientOptions, WebSocket } from 'ws'
import { nowMicros } from '../../src/base/clock.js'
import {
  ackStatus,
  at,
  type ClientControl,
  kinds,
  NODE_HEADER,
  type NodeControl,
  type ResumePoint,
  WEBSOCKET_PATH,
  writePublish,
} from '../../src/protocols/reference.js'
import { eventually } from './eventually.js'

type Subscribed = Extract<NodeControl, { op: 'subscribed' }>

const nowhere: ResumePoint = { epoch: '', offsets: [] }

export interface PublishOptions {
  readonly channel: number
  readonly sequence: number
  readonly sizeBytes?: number
}

/** A client of the reference protocol, built on `ws`. It keeps everything that it receives. */
export class TestClient {
  readonly messages: Buffer[] = []
  readonly acks: Buffer[] = []
  readonly controls: NodeControl[] = []
  readonly node: string
  readonly response: IncomingMessage
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  readonly websocket: WebSocket

  private constructor(websocket: WebSocket, response: IncomingMessage) {
    this.websocket = websocket
    this.response = response
    this.node = String(response.headers[NODE_HEADER])
    this.closed = new Promise((resolve) => websocket.once('close', resolve))
    websocket.on('message', (data, isBinary) => this.#take(data as Buffer, isBinary))
    // 'close' follows.
    websocket.on('error', () => {})
  }

  /** Rejects when the handshake is refused, with `ws`'s "Unexpected server response: 503". */
  static async connect(port: number, options: ClientOptions = {}): Promise<TestClient> {
    const websocket = new WebSocket(`ws://127.0.0.1:${port}${WEBSOCKET_PATH}`, {
      perMessageDeflate: false,
      ...options,
    })
    const [response] = (await once(websocket, 'upgrade')) as [IncomingMessage]
    return new TestClient(websocket, response)
  }

  subscribe(...channels: number[]): void {
    this.#control({ op: 'subscribe', channels })
  }

  /** Subscribes and resolves with the answer. */
  async resume(channels: readonly number[], resume: ResumePoint = nowhere): Promise<Subscribed> {
    const before = this.controls.length
    this.#control({ op: 'subscribe', channels, resume })
    await eventually(() => {
      if (this.controls.length === before) throw new Error('not yet confirmed')
    })
    return this.controls[before] as Subscribed
  }

  unsubscribe(): void {
    this.#control({ op: 'unsubscribe' })
  }

  publish(options: PublishOptions): void {
    this.websocket.send(publishOf(options))
  }

  /** Resolves once the node has read everything sent before. */
  async pong(): Promise<void> {
    this.websocket.ping()
    await once(this.websocket, 'pong')
  }

  /** `channel:sequence` of each message, in order of arrival. */
  get received(): string[] {
    return this.messages.map((message) => {
      return `${message.readUInt32LE(at.channel)}:${message.readUInt32LE(at.sequence)}`
    })
  }

  /** `sequence:accepted` or `sequence:refused` of each ack. */
  get acknowledged(): string[] {
    return this.acks.map((ack) => {
      return `${ack.readUInt32LE(at.sequence)}:${ack[at.status] === ackStatus.accepted ? 'accepted' : 'refused'}`
    })
  }

  #control(control: ClientControl): void {
    this.websocket.send(JSON.stringify(control))
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (!isBinary) this.controls.push(JSON.parse(data.toString()))
    else if (data[at.kind] === kinds.ack) this.acks.push(data)
    else this.messages.push(data)
  }
}

/** The bytes of a publish of run 7, publisher 3. The filler counts up, so that tests notice a shifted payload. */
export function publishOf({ channel, sequence, sizeBytes = 128 }: PublishOptions): Buffer {
  const message = Buffer.from(Array.from({ length: sizeBytes }, (_, index) => index % 251))
  const sentMicros = nowMicros()
  writePublish(message, 0, {
    run: 7,
    publisher: 3,
    channel,
    sequence,
    plannedMicros: sentMicros,
    sentMicros,
  })
  return message
}
