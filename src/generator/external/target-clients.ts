import { nowMicros } from '../../base/clock.js'
import type { Tag } from '../../protocols/tag.js'
import type { ConnectFailure } from '../../results/connect-failures.js'
import type { SubscriptionLayout } from '../../results/delivery/layout.js'
import { type DeliveryTracker, received } from '../../results/delivery/tracker.js'
import { channelName } from '../channel-name.js'
import { Traffic } from '../connection-counters.js'
import { Heartbeats, type Pingable } from '../heartbeats.js'
import type { NodeNames } from '../node-names.js'
import { ReconnectBackoff } from '../reconnect-backoff.js'
import type { Recorder } from '../recorder.js'
import type { Subscribers } from '../subscribers.js'
import type { WorkerContext } from '../worker-context.js'
import { type LinkOwner, TargetLink } from './target-link.js'

/** More messages than these before a subscription is confirmed are not held back for it. */
const MAX_EARLY = 100_000

/** The subscribers of one worker on a target of any protocol; `Clients` is their like for the reference protocol. */
export class TargetClients implements Subscribers, LinkOwner, Pingable {
  readonly traffic = new Traffic()
  readonly heartbeats: Heartbeats | null
  readonly #links: TargetLink[]
  readonly #backoff: ReconnectBackoff
  readonly #startedMicros: Float64Array
  readonly #node: Int32Array
  /** What came between the handshake and the confirmation: servers send a gap's messages before they say "recovered". */
  readonly #early = new Map<number, Tag[]>()

  constructor(
    readonly context: WorkerContext,
    readonly layout: SubscriptionLayout,
    readonly tracker: DeliveryTracker,
    readonly recorder: Recorder,
    readonly nodes: NodeNames,
  ) {
    this.#links = Array.from({ length: layout.clients }, (_, client) => this.#link(client))
    this.#backoff = new ReconnectBackoff(layout.clients, context)
    this.#startedMicros = new Float64Array(layout.clients)
    this.#node = new Int32Array(layout.clients).fill(-1)
    const { heartbeat } = context.plan.clients
    this.heartbeats = heartbeat && new Heartbeats(this, heartbeat)
  }

  get count(): number {
    return this.layout.clients
  }

  get opened(): number {
    return this.#backoff.everSubscribed
  }

  globalOf(client: number): number {
    return client * this.context.plan.workers + this.context.worker
  }

  /** The link of the client with this number in the whole run, which must be this worker's. */
  linkOf(global: number): TargetLink {
    return this.#links[Math.floor(global / this.context.plan.workers)]!
  }

  connect(client: number): void {
    this.#startedMicros[client] = nowMicros()
    this.traffic.attempted += 1
    this.#links[client]!.connect()
  }

  onLinkOpen({ options: { index } }: TargetLink): void {
    this.recorder.opened(nowMicros() - this.#startedMicros[index]!)
    this.traffic.opened += 1
  }

  onLinkReady(link: TargetLink, isRecovered: boolean): void {
    const client = link.options.index
    const node = this.nodes.indexOf(link.node)
    this.#node[client] = node
    if (!this.tracker.beginEpoch(client, nowMicros(), node, isRecovered)) return
    if (this.#backoff.subscribed(client)) this.traffic.reconnected()
    this.traffic.joined(node)
    const early = this.#early.get(client) ?? []
    this.#early.delete(client)
    for (const tag of early) this.#receive(client, tag)
  }

  onLinkMessage(link: TargetLink, tag: Tag): void {
    const client = link.options.index
    // Its ack is what delivers it: what repeats it besides is no second copy.
    if (link.unanswered && tag.run === this.context.run && tag.publisher === link.options.place) return
    if (link.isReady) {
      this.#receive(client, tag)
      return
    }
    const early = this.#early.get(client) ?? []
    this.#early.set(client, early)
    if (early.length < MAX_EARLY) early.push({ ...tag })
  }

  /** Of a client that sends for itself: delivers, where acks are answers. Elsewhere the tag has to come back. */
  onLinkAck({ options, unanswered }: TargetLink, sequence: number): void {
    const tag = unanswered?.get(sequence)
    if (tag === undefined) return
    unanswered!.delete(sequence)
    this.#receive(options.index, tag)
  }

  onLinkPong(link: TargetLink): void {
    this.heartbeats?.pong(link.options.index)
  }

  onLinkClosed(link: TargetLink, code: number): void {
    const client = link.options.index
    this.heartbeats?.renew(client)
    this.traffic.closed(code)
    this.#early.delete(client)
    if (this.tracker.endEpoch(client, nowMicros())) this.traffic.left(this.#node[client]!)
    this.#scheduleReconnect(client)
  }

  onLinkFailed(link: TargetLink, kind: ConnectFailure): void {
    const client = link.options.index
    this.heartbeats?.renew(client)
    this.#early.delete(client)
    if (kind === 'not-ready') this.traffic.failedToSubscribe()
    else this.traffic.failedToConnect(kind)
    this.#scheduleReconnect(client)
  }

  cut(client: number, offlineMs: number | null): void {
    const link = this.#links[client]!
    if (!link.isOpen) return
    if (offlineMs !== null) this.#backoff.keepAway(client, offlineMs)
    link.destroy()
  }

  ping(client: number): boolean {
    return this.#links[client]!.ping()
  }

  giveUp(client: number): void {
    this.#links[client]!.destroy()
  }

  pause(client: number): void {
    this.heartbeats?.pause(client)
    this.#links[client]!.pause()
  }

  resume(client: number): void {
    this.heartbeats?.renew(client)
    this.#links[client]!.resume()
  }

  #link(client: number): TargetLink {
    const global = this.globalOf(client)
    const { channels } = this.context.plan
    return new TargetLink(this.context, {
      index: client,
      place: global,
      whose: { id: `c${global}`, index: global },
      channels: this.layout.channelsOf(client).map((channel) => channelName(channels, channel)),
      owner: this,
    })
  }

  #receive(client: number, { run, ...tag }: Tag): void {
    const copy = { ...tag, client, receivedMicros: nowMicros(), isOnLeft: false }
    if (run !== this.context.run) {
      this.tracker.unexpected()
      return
    }
    this.traffic.received(this.#node[client]!)
    if (this.tracker.receive(copy) <= received.lastFirstCopy) this.recorder.received(copy)
  }

  #scheduleReconnect(client: number): void {
    setTimeout(() => this.connect(client), this.#backoff.delayMs(client))
  }
}
