import { nowMicros } from '../../base/clock.js'
import { PROBE_RUN, type Tag } from '../../protocols/tag.js'
import { received } from '../../results/delivery/tracker.js'
import { channelName } from '../channel-name.js'
import type { Ending } from '../connection-counters.js'
import { Subscribers } from '../subscribers.js'
import { Bodies } from './bodies.js'
import { memberOf } from './member-route.js'
import { TargetConnection, type TargetConnectionHandlers } from './target-connection.js'

/** How many messages are kept for a subscription that is not confirmed yet; later ones are dropped. */
const MAX_EARLY = 100_000

interface EarlyMessage {
  readonly tag: Tag
  readonly isIntact: boolean
}

/** The subscribers of one worker on a target, over any protocol but the reference protocol. */
export class TargetClients extends Subscribers implements TargetConnectionHandlers {
  readonly #connections: TargetConnection[]
  /** By client: messages received before the confirmation. Servers may replay them first and then say "recovered". */
  readonly #early = new Map<number, EarlyMessage[]>()
  readonly #bodies: Bodies

  constructor(...shared: ConstructorParameters<typeof Subscribers>) {
    super(...shared)
    this.#bodies = new Bodies(this.context.plan.target!)
    this.#connections = Array.from({ length: this.count }, (_, client) => this.#createConnection(client))
  }

  /** The connection of the client with this number in the whole run, which must be one of this worker. */
  connectionOfGlobal(global: number): TargetConnection {
    return this.#connections[Math.floor(global / this.context.plan.workers)]!
  }

  onOpen({ options: { index } }: TargetConnection): void {
    this.countOpened(index)
  }

  onReady(connection: TargetConnection, isRecovered: boolean): void {
    const client = connection.options.index
    const node = this.nodes.indexOf(connection.node)
    this.node[client] = node
    for (const { ledger } of connection.members) ledger.connected(connection.node, nowMicros())
    if (!this.tracker.beginEpoch(client, nowMicros(), node, isRecovered)) return
    this.countSubscribed(client)
    const early = this.#early.get(client) ?? []
    this.#early.delete(client)
    for (const { tag, isIntact } of early) this.#receive(client, tag, isIntact)
  }

  onMessage(connection: TargetConnection, tag: Tag, bytes: Buffer, end: number): void {
    const { index: client, identity } = connection.options
    // Where answers are acks, the ack is the delivery; a copy that also comes back is not counted.
    if (connection.unanswered && tag.run === this.context.run && tag.publisher === identity.index) return
    const isIntact = this.#isIntact(tag, bytes, end)
    for (const member of connection.members)
      if (member.index === tag.publisher && tag.run === this.context.run) member.ledger.acked(tag.sequence)
    if (connection.isReady) {
      this.#receive(client, tag, isIntact)
      return
    }
    const early = this.#early.get(client) ?? []
    this.#early.set(client, early)
    if (early.length < MAX_EARLY) early.push({ tag: { ...tag }, isIntact })
  }

  onMalformed(connection: TargetConnection, messages: number): void {
    if (!connection.isReady) return
    for (let message = 0; message < messages; message += 1) this.tracker.malformed()
  }

  /** Of a member's message, or the delivery of echo traffic whose answers are acks. */
  onAck(connection: TargetConnection, sequence: number): void {
    const published = memberOf(connection, sequence)
    published?.member.ledger.acked(published.sequence)
    const { options, unanswered } = connection
    const tag = unanswered?.get(sequence)
    if (tag === undefined) return
    unanswered!.delete(sequence)
    this.#receive(options.index, tag, true)
  }

  onRefused(connection: TargetConnection, sequence: number, words: string): void {
    const { options, unanswered, echoLedger } = connection
    const published = memberOf(connection, sequence)
    published?.member.ledger.refused(published.sequence)
    if (unanswered?.delete(sequence) === false) return
    echoLedger?.refusedAfterAll(sequence)
    this.counters.publishRefused(words, options.identity.id)
  }

  onPong({ options }: TargetConnection): void {
    this.heartbeats?.pong(options.index)
  }

  onEnd({ options, members }: TargetConnection, ending: Ending): void {
    for (const { ledger } of members) ledger.disconnected(nowMicros())
    const client = options.index
    this.countEnded(client, ending)
    if (this.tracker.endEpoch(client, nowMicros())) this.counters.disconnected(this.node[client]!)
    this.#reconnectLater(client)
  }

  protected override open(client: number): void {
    this.#connections[client]!.connect()
  }

  protected override connectionOf(client: number): TargetConnection {
    return this.#connections[client]!
  }

  #createConnection(client: number): TargetConnection {
    const global = this.globalOf(client)
    const groups = this.context.plan.channels
    const joined = this.layout.channelsOf(client)
    const isOwn = (channel: number) =>
      ['echo', 'members'].includes(groups[this.layout.groupOf[channel]!]!.via)
    const [channels, publishes] = [joined, joined.filter(isOwn)].map((list) =>
      list.map((channel) => channelName(groups, channel)),
    ) as [string[], string[]]
    return new TargetConnection(this.context, {
      index: client,
      identity: { id: `c${global}`, index: global },
      channels,
      publishes,
      handlers: this,
    })
  }

  /** Of a message that nobody may get, the body does not matter. */
  #isIntact(tag: Tag, bytes: Buffer, end: number): boolean {
    const group = this.context.plan.channels[this.layout.groupOf[tag.channel] ?? -1]
    if (tag.run !== this.context.run || group === undefined) return true
    return this.#bodies.isIntact(bytes, end, tag, group.sizeBytes)
  }

  #receive(client: number, { run, ...tag }: Tag, isIntact: boolean): void {
    const copy = { ...tag, client, receivedMicros: nowMicros(), isOnLeft: false }
    if (run !== this.context.run) {
      if (run !== PROBE_RUN) this.tracker.unexpected()
      return
    }
    this.counters.received(this.node[client]!)
    const kind = this.tracker.receive(copy)
    if (kind < received.unexpected && !isIntact) this.tracker.corruptedCopies += 1
    if (kind <= received.lastFirstCopy) this.recorder.received(copy)
  }

  #reconnectLater(client: number): void {
    this.heartbeats?.renew(client)
    this.#early.delete(client)
    this.scheduleReconnect(client)
  }
}
