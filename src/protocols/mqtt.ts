import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import { connect, type Packet, packets, publish, publishAck, subscribe, takePacket } from './mqtt-packets.js'
import type { Conversation, Outgoing, Peer } from './protocol.js'
import { text, yes } from './settings.js'

interface MqttOptions {
  readonly qos: 0 | 1
  /** `{channel}` is filled in. */
  readonly topic: string
  /** False: the broker keeps the session, and with QoS 1 also the messages that an offline client misses. */
  readonly clean: boolean
  readonly username: string
  readonly password: string
}

/** A longer incomplete packet ends the connection. */
const MAX_REST_BYTES = 1 << 20
const NOTHING = Buffer.alloc(0)
/** Key in a client's memory: the session has the subscription. A session may exist without one. */
const SUBSCRIBED = 'subscribed'

/** With QoS 0 a broker acks nothing. */
export const mqtt: ProtocolKind<MqttOptions> = {
  summary: 'MQTT 3.1.1 over a WebSocket, QoS 0 and 1',
  options: z.strictObject({
    qos: z.union([z.literal(0), z.literal(1)], { error: 'expected 0 or 1' }).default(0),
    topic: text.default('wsbench/{channel}').describe('{channel} is filled in'),
    clean: yes.default(true),
    username: text.default(''),
    password: text.default('').describe('as {env:NAME}'),
  }),
  create: (options) => ({
    subprotocols: ['mqtt'],
    start: (peer) => new MqttConversation(options, peer),
  }),
}

class MqttConversation implements Conversation {
  #rest: Buffer = NOTHING
  #isConnected = false
  #nextId = 1
  /** By packet id: sequence of a publish. */
  readonly #unacked = new Map<number, number>()

  constructor(
    readonly options: MqttOptions,
    readonly peer: Peer,
  ) {}

  open(): void {
    const { clean, username, password } = this.options
    const isClean = clean || this.peer.channels.length === 0
    this.peer.send(connect({ clientId: this.peer.uniqueId, isClean, username, password }))
  }

  binary(bytes: Buffer): void {
    let left: Buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    try {
      for (let taken = takePacket(left); taken !== null; taken = takePacket(left)) {
        this.#onPacket(taken.packet)
        left = taken.rest
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.peer.fail()
      return
    }
    if (left.length > MAX_REST_BYTES) this.peer.fail()
    else this.#rest = left.length === 0 ? NOTHING : Buffer.from(left)
  }

  /** All frames are parsed, because several packets may share a frame, or one may continue in the next. */
  message(bytes: Buffer): void {
    this.binary(bytes)
  }

  publish({ channel, payload, sequence }: Outgoing): boolean {
    const { qos } = this.options
    if (!this.#isConnected) return false
    const id = this.#nextId
    if (qos === 1) {
      this.#nextId = id === 0xffff ? 1 : id + 1
      this.#unacked.set(id, sequence)
    }
    return this.peer.send(publish(this.#topicOf(channel), payload, qos, id))
  }

  #onPacket({ type, flags, body }: Packet): void {
    if (type === packets.connectAck) this.#onConnected(body.readUInt16BE(0))
    else if (type === packets.subscribeAck) this.#onSubscribed(body)
    else if (type === packets.publishAck) this.#onAck(body.readUInt16BE(0))
    else if (type === packets.publish && (flags & 0x06) === 0x02) {
      this.peer.send(publishAck(body.readUInt16BE(2 + body.readUInt16BE(0))))
    }
  }

  /** `answer`: session present in the high byte, return code in the low one. */
  #onConnected(answer: number): void {
    this.#isConnected = (answer & 0xff) === 0
    const { channels, memory } = this.peer
    if (!this.#isConnected) this.peer.fail()
    else if (channels.length === 0) this.peer.ready()
    // With QoS 0 the session has kept the subscriptions, but no messages.
    else if (answer >> 8 === 1 && memory.has(SUBSCRIBED)) this.peer.ready(this.options.qos === 1)
    else {
      const topics = channels.map((channel) => this.#topicOf(channel))
      this.peer.send(subscribe(1, topics, this.options.qos))
    }
  }

  #onSubscribed(body: Buffer): void {
    if (body.subarray(2).includes(0x80)) {
      this.peer.fail()
      return
    }
    this.peer.memory.set(SUBSCRIBED, '')
    this.peer.ready()
  }

  #onAck(id: number): void {
    const sequence = this.#unacked.get(id)
    this.#unacked.delete(id)
    if (sequence !== undefined) this.peer.acked(sequence)
  }

  #topicOf(channel: string): string {
    return this.options.topic.replaceAll('{channel}', channel)
  }
}
