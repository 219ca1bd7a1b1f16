import { nowMicros } from '../../base/clock.js'
import type { PublishHeader } from '../../protocols/reference.js'
import { encodePayload, type Tag } from '../../protocols/tag.js'
import type { ConnectFailure } from '../../results/connect-failures.js'
import { channelName } from '../channel-name.js'
import type { Traffic } from '../connection-counters.js'
import { Heartbeats } from '../heartbeats.js'
import type { Ledger } from '../ledger.js'
import { backoffMs } from '../pacer.js'
import type { PublisherRoute } from '../publisher-route.js'
import type { WorkerContext } from '../worker-context.js'
import { type LinkOwner, TargetLink } from './target-link.js'

/** A publisher on a connection of its own. What comes back to it with its own tag is its ack. */
export class TargetPublisher implements PublisherRoute, LinkOwner {
  readonly #link: TargetLink
  #attempt = 0
  #heartbeats: Heartbeats | null = null
  #pulse = 0

  constructor(
    readonly context: WorkerContext,
    readonly index: number,
    readonly sizeBytes: number,
    readonly ledger: Ledger,
    readonly traffic: Traffic,
  ) {
    this.#link = new TargetLink(context, {
      index,
      place: context.plan.clients.count + index,
      whose: { id: `p${index}`, index: context.plan.clients.count + index },
      channels: [],
      owner: this,
    })
  }

  get isOpen(): boolean {
    return this.#link.isReady
  }

  connect(): void {
    this.traffic.attempted += 1
    this.#link.connect()
  }

  send(header: PublishHeader): boolean {
    return sendOver(this.#link, this.context, header, this.sizeBytes)
  }

  destroy(): void {
    this.#link.destroy()
  }

  /** From now on pinged by `heartbeats`, by this number. */
  watchedBy(heartbeats: Heartbeats, pulse: number): void {
    this.#heartbeats = heartbeats
    this.#pulse = pulse
  }

  ping(): boolean {
    return this.#link.ping()
  }

  onLinkOpen(): void {
    this.traffic.opened += 1
  }

  onLinkPong(): void {
    this.#heartbeats?.pong(this.#pulse)
  }

  onLinkReady({ node }: TargetLink): void {
    this.#attempt = 0
    this.ledger.connected(node, nowMicros())
  }

  onLinkMessage(_link: TargetLink, { run, publisher, sequence }: Tag): void {
    if (run === this.context.run && publisher === this.index) this.ledger.acked(sequence)
  }

  onLinkAck(_link: TargetLink, sequence: number): void {
    this.ledger.acked(sequence)
  }

  onLinkClosed(_link: TargetLink, code: number): void {
    this.traffic.closed(code)
    this.ledger.disconnected(nowMicros())
    this.#scheduleReconnect()
  }

  onLinkFailed(_link: TargetLink, kind: ConnectFailure): void {
    if (kind === 'not-ready') this.traffic.failedToSubscribe()
    else this.traffic.failedToConnect(kind)
    this.#scheduleReconnect()
  }

  #scheduleReconnect(): void {
    this.#heartbeats?.renew(this.#pulse)
    const delayMs = backoffMs(this.context.plan.clients.reconnect, this.#attempt, this.context.random)
    this.#attempt += 1
    setTimeout(() => this.connect(), delayMs)
  }
}

/** Pings all of these publishers, as clients are. */
export function watchPublishers(
  publishers: readonly TargetPublisher[],
  policy: { readonly everyMs: number; readonly timeoutMs: number },
): Heartbeats {
  const pinged = {
    count: publishers.length,
    ping: (pulse: number) => publishers[pulse]!.ping(),
    giveUp: (pulse: number) => publishers[pulse]!.destroy(),
  }
  const heartbeats = new Heartbeats(pinged, policy)
  for (const [pulse, publisher] of publishers.entries()) publisher.watchedBy(heartbeats, pulse)
  return heartbeats
}

/** A subscriber that sends for itself: what it sends is to come back to it, or to be answered. */
export class EchoRoute implements PublisherRoute {
  constructor(
    readonly context: WorkerContext,
    readonly link: TargetLink,
    readonly sizeBytes: number,
    readonly ledger: Ledger,
  ) {}

  get isOpen(): boolean {
    return this.link.isReady
  }

  /** The client does. */
  connect(): void {}

  send(header: PublishHeader): boolean {
    const isSent = sendOver(this.link, this.context, header, this.sizeBytes)
    if (!isSent) this.ledger.disconnected(header.sentMicros)
    else this.#sent(header)
    return isSent
  }

  /** The client does. */
  destroy(): void {}

  /** The client's connection is its own; that it is another one is seen by the node. */
  #sent(header: PublishHeader): void {
    this.link.unanswered?.set(header.sequence, header)
    if (this.ledger.node !== this.link.node) this.ledger.connected(this.link.node, header.sentMicros)
  }
}

function sendOver(
  link: TargetLink,
  { plan }: WorkerContext,
  header: PublishHeader,
  sizeBytes: number,
): boolean {
  if (!link.isReady) return false
  return link.publish({
    channel: channelName(plan.channels, header.channel),
    payload: encodePayload(header, sizeBytes),
    sequence: header.sequence,
  })
}
