import { nowMicros } from '../../base/clock.js'
import type { PublishHeader } from '../../protocols/reference.js'
import type { Tag } from '../../protocols/tag.js'
import { channelName } from '../channel-name.js'
import type { ConnectionCounters, Ending } from '../connection-counters.js'
import { Heartbeats } from '../heartbeats.js'
import type { Ledger } from '../ledger.js'
import { PublisherAttempts } from '../publisher-attempts.js'
import type { PublisherRoute } from '../publisher-route.js'
import type { WorkerContext } from '../worker-context.js'
import { publishOver } from './publish-over.js'
import { TargetConnection, type TargetConnectionHandlers } from './target-connection.js'

/** A publisher on a connection of its own. A message that comes back to it with its own tag is acked by that. */
export class TargetPublisher implements PublisherRoute, TargetConnectionHandlers {
  readonly #connection: TargetConnection
  readonly #attempts: PublisherAttempts
  #heartbeats: Heartbeats | null = null
  /** Its number there. */
  #pinged = 0

  constructor(
    readonly context: WorkerContext,
    readonly index: number,
    channel: number,
    readonly sizeBytes: number,
    readonly ledger: Ledger,
    readonly counters: ConnectionCounters,
  ) {
    this.#attempts = new PublisherAttempts(context, counters, `p${index}`)
    this.#connection = new TargetConnection(context, {
      index,
      identity: { id: `p${index}`, index: context.plan.clients.count + index },
      channels: [],
      publishes: [channelName(context.plan.channels, channel)],
      handlers: this,
    })
  }

  get isOpen(): boolean {
    return this.#connection.isReady
  }

  get refusalIfAbsent(): number | null {
    return this.#attempts.refusalIfAbsent
  }

  connect(): void {
    this.counters.attempted += 1
    this.#connection.connect()
  }

  send(header: PublishHeader): boolean {
    return publishOver(this.#connection, this.context, header, this.sizeBytes)
  }

  destroy(): void {
    this.#connection.destroy()
  }

  /** `heartbeats` pings it from now on, under this number. */
  pingedBy(heartbeats: Heartbeats, number: number): void {
    this.#heartbeats = heartbeats
    this.#pinged = number
  }

  ping(): boolean {
    return this.#connection.ping()
  }

  onOpen(): void {
    this.counters.opened += 1
  }

  onPong(): void {
    this.#heartbeats?.pong(this.#pinged)
  }

  onReady({ node }: TargetConnection): void {
    this.#attempts.ready()
    this.ledger.connected(node, nowMicros())
  }

  onMessage(_connection: TargetConnection, { run, publisher, sequence }: Tag): void {
    if (run === this.context.run && publisher === this.index) this.ledger.acked(sequence)
  }

  onAck(_connection: TargetConnection, sequence: number): void {
    this.ledger.acked(sequence)
  }

  onRefused(connection: TargetConnection, sequence: number, words: string): void {
    this.ledger.refused(sequence)
    this.counters.publishRefused(words, connection.id)
  }

  onEnd(_connection: TargetConnection, ending: Ending): void {
    this.#attempts.ended(ending)
    this.ledger.disconnected(nowMicros())
    this.#scheduleReconnect()
  }

  #scheduleReconnect(): void {
    this.#heartbeats?.renew(this.#pinged)
    setTimeout(() => this.connect(), this.#attempts.delayMs())
  }
}

/** Pings these publishers as clients are pinged. */
export function publisherHeartbeats(
  publishers: readonly TargetPublisher[],
  policy: { readonly everyMs: number; readonly timeoutMs: number },
): Heartbeats {
  const pinged = {
    count: publishers.length,
    ping: (publisher: number) => publishers[publisher]!.ping(),
    disconnect: (publisher: number) => publishers[publisher]!.destroy(),
  }
  const heartbeats = new Heartbeats(pinged, policy)
  for (const [number, publisher] of publishers.entries()) publisher.pingedBy(heartbeats, number)
  return heartbeats
}

/** A publisher that is also the subscriber: its messages come back, or are answered, on the client's own connection. */
export class EchoRoute implements PublisherRoute {
  readonly refusalIfAbsent = null

  constructor(
    readonly context: WorkerContext,
    readonly connection: TargetConnection,
    readonly sizeBytes: number,
    readonly ledger: Ledger,
  ) {
    connection.echoLedger = ledger
  }

  get isOpen(): boolean {
    return this.connection.isReady
  }

  /** The client connects. */
  connect(): void {}

  send(header: PublishHeader): boolean {
    const isSent = publishOver(this.connection, this.context, header, this.sizeBytes)
    if (isSent) this.#sent(header)
    else this.ledger.disconnected(header.sentMicros)
    return isSent
  }

  /** The client disconnects. */
  destroy(): void {}

  /** The client does not say when it connects: the ledger learns of it with the next message. */
  #sent(header: PublishHeader): void {
    this.connection.unanswered?.set(header.sequence, header)
    const { node } = this.connection
    if (this.ledger.node !== node) this.ledger.connected(node, header.sentMicros)
  }
}
