import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import {
  connect,
  connectRefusal,
  endOfPacket,
  packets,
  publish,
  publishAck,
  startOfBody,
  subscribe,
} from './mqtt-packets.js'
import { PacketStream } from './packet-stream.js'
import type { Conversation, Outgoing, Peer } from './protocol.js'
import { MAX_MESSAGE_BYTES } from './reference.js'
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

/** The longest message, with its topic. */
const MAX_PACKET_BYTES = MAX_MESSAGE_BYTES + 65_536
/** Bits of a PUBLISH's first byte. */
const QOS = 0x06
const QOS_1 = 0x02
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
  decisive: { subscribe: ['username', 'password', 'topic'], publish: ['topic'] },
  placeholders: { topic: ['channel'] },
  create: (options) => ({
    subprotocols: ['mqtt'],
    start: (peer) => new MqttConversation(options, peer),
  }),
}

class MqttConversation implements Conversation {
  readonly #packets = new PacketStream(endOfPacket, MAX_PACKET_BYTES)
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

  stream(bytes: Buffer, isText: boolean): void {
    if (isText) this.peer.violated(1002, 'MQTT in a text frame')
    else this.#packets.push(bytes, this.peer)
  }

  binary(packet: Buffer): void {
    try {
      this.#onPacket(packet, startOfBody(packet))
    } catch (error) {
      // The body is too short.
      if (!(error instanceof RangeError)) throw error
      this.peer.fail('a packet that is too short')
    }
  }

  message(packet: Buffer): void {
    this.binary(packet)
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

  #onPacket(packet: Buffer, body: number): void {
    const type = packet[0]! >> 4
    if (type === packets.connectAck) this.#onConnected(packet.readUInt16BE(body))
    else if (type === packets.subscribeAck) this.#onSubscribed(packet.subarray(body))
    else if (type === packets.publishAck) this.#onAck(packet.readUInt16BE(body))
    else if (type === packets.publish && (packet[0]! & QOS) === QOS_1) {
      this.peer.send(publishAck(packet.readUInt16BE(body + 2 + packet.readUInt16BE(body))))
    }
  }

  /** `answer`: session present in the high byte, return code in the low one. */
  #onConnected(answer: number): void {
    this.#isConnected = (answer & 0xff) === 0
    const { channels, memory } = this.peer
    if (!this.#isConnected) this.peer.fail(connectRefusal(answer & 0xff))
    else if (channels.length === 0) this.peer.ready()
    // With QoS 0 the session has kept the subscriptions, but no messages.
    else if (answer >> 8 === 1 && memory.has(SUBSCRIBED)) this.peer.ready(this.options.qos === 1)
    else {
      const topics = channels.map((channel) => this.#topicOf(channel))
      this.peer.send(subscribe(1, topics, this.options.qos))
    }
  }

  #onSubscribed(body: Buffer): void {
    const refused = this.peer.channels.filter((_, index) => body[2 + index] === 0x80)
    if (refused.length > 0) {
      this.peer.fail(
        `SUBACK 128: subscription refused: ${refused.map((channel) => this.#topicOf(channel)).join(', ')}`,
      )
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
