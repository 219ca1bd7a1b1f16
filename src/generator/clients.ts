import { nowMicros } from '../base/clock.js'
import { addressOf } from '../plan/address.js'
import {
  at,
  type ClientControl,
  HEADER_BYTES,
  kinds,
  NODE_HEADER,
  type NodeControl,
  seal,
} from '../protocols/reference.js'
import type { ConnectFailure } from '../results/connect-failures.js'
import type { SubscriptionLayout } from '../results/delivery/layout.js'
import { type DeliveryTracker, received } from '../results/delivery/tracker.js'
import { clientPath } from './client-path.js'
import { Traffic } from './connection-counters.js'
import { CookieJar } from './cookie-jar.js'
import { Heartbeats, PING, type Pingable } from './heartbeats.js'
import type { HopRecorder } from './hop-recorder.js'
import { type NodeNames, UNNAMED_NODE } from './node-names.js'
import { Positions } from './positions.js'
import { ReceivedCopy } from './received-copy.js'
import { ReconnectBackoff } from './reconnect-backoff.js'
import type { Recorder } from './recorder.js'
import type { Subscribers } from './subscribers.js'
import { Connection, type WireHandlers } from './wire/connection.js'
import type { ResponseHead } from './wire/response-head.js'
import type { WorkerContext } from './worker-context.js'

/**
 * The subscribers of one worker. A virtual client keeps its address, id and cookies for life; when its connection breaks it
 * comes back with full-jitter back-off and subscribes to the same channels. Advised to reconnect, it first gets a
 * successor to its connection, and leaves the old one once it is subscribed on that. Its index here is local to the worker.
 */
export class Clients implements WireHandlers, Subscribers, Pingable {
  readonly traffic = new Traffic()
  readonly heartbeats: Heartbeats | null
  readonly #connections: (Connection | null)[]
  /** By client: the connection that is to succeed its own; null: until its next attempt. */
  readonly #successors = new Map<number, Connection | null>()
  /** By client: the connection it is leaving, being subscribed on another. */
  readonly #left = new Map<number, Connection>()
  /** null: they don't resume. */
  readonly #positions: Positions | null
  readonly #jars: (CookieJar | undefined)[]
  readonly #backoff: ReconnectBackoff
  readonly #startedMicros: Float64Array
  /** By client: the node it is subscribed on, or was last; and the one that its newest connection reached. */
  readonly #node: Int32Array
  readonly #reached: Int32Array
  readonly #copy = new ReceivedCopy()
  #view: DataView = new DataView(new ArrayBuffer(0))
  #viewOf: Buffer | null = null

  constructor(
    readonly context: WorkerContext,
    readonly layout: SubscriptionLayout,
    readonly tracker: DeliveryTracker,
    readonly recorder: Recorder,
    readonly hops: HopRecorder,
    readonly nodes: NodeNames,
  ) {
    this.#connections = new Array<Connection | null>(layout.clients).fill(null)
    this.#jars = new Array<CookieJar | undefined>(layout.clients)
    this.#backoff = new ReconnectBackoff(layout.clients, context)
    this.#startedMicros = new Float64Array(layout.clients)
    this.#node = new Int32Array(layout.clients).fill(-1)
    this.#reached = new Int32Array(layout.clients).fill(-1)
    const { heartbeat, reconnect } = context.plan.clients
    this.heartbeats = heartbeat && new Heartbeats(this, heartbeat)
    this.#positions = reconnect.resume ? new Positions(layout) : null
  }

  get count(): number {
    return this.layout.clients
  }

  /** Clients that have been subscribed at least once. */
  get opened(): number {
    return this.#backoff.everSubscribed
  }

  globalOf(client: number): number {
    return client * this.context.plan.workers + this.context.worker
  }

  connect(client: number): void {
    const { plan, endpoints } = this.context
    const global = this.globalOf(client)
    const endpoint = endpoints[global % endpoints.length]!
    this.#startedMicros[client] = nowMicros()
    this.traffic.attempted += 1
    const connection = new Connection({
      host: endpoint.host,
      port: endpoint.port,
      tls: endpoint.tls,
      path: clientPath(endpoint.path, plan.clients, `c${global}`),
      localAddress: addressOf(plan.clients.addresses, plan.seed, global),
      cookie: this.#jars[client]?.header,
      timeoutMs: plan.clients.connectTimeoutMs,
      id: client,
      handlers: this,
    })
    if (this.#successors.has(client)) this.#successors.set(client, connection)
    else this.#connections[client] = connection
  }

  onOpen(connection: Connection, head: ResponseHead): void {
    const client = connection.id
    if (this.context.plan.clients.keepsCookies) this.#keepCookies(client, head.setCookies)
    this.#reached[client] = this.nodes.indexOf(head.headers.get(NODE_HEADER) ?? UNNAMED_NODE)
    if (this.#connections[client] === connection) this.#node[client] = this.#reached[client]!
    this.recorder.opened(nowMicros() - this.#startedMicros[client]!)
    this.traffic.opened += 1
    const channels = this.layout.channelsOf(client)
    if (channels.length === 0) this.#subscribed(connection, {})
    else
      this.#tell(connection, {
        op: 'subscribe',
        channels,
        ...optional('resume', this.#positions?.of(client)),
      })
  }

  onText(connection: Connection, buffer: Buffer, start: number, end: number): void {
    const control = parseControl(buffer.toString('utf8', start, end))
    if (control?.op === 'subscribed') this.#subscribed(connection, control)
    else if (control?.op === 'reconnect') this.#move(connection)
    else if (control?.op === 'unsubscribed' && this.#left.get(connection.id) === connection) {
      this.#leave(connection.id)
      connection.close()
    }
  }

  onBinary(connection: Connection, buffer: Buffer, start: number, end: number): void {
    this.#copy.receivedMicros = nowMicros()
    if (buffer !== this.#viewOf) {
      this.#viewOf = buffer
      this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    }
    const view = this.#view
    if (end - start < HEADER_BYTES || view.getUint8(start + at.kind) !== kinds.message) {
      this.tracker.unexpected()
      return
    }
    const copy = this.#copy
    copy.client = connection.id
    copy.channel = view.getUint32(start + at.channel, true)
    copy.publisher = view.getUint32(start + at.publisher, true)
    copy.sequence = view.getUint32(start + at.sequence, true)
    const sealed = seal(this.context.run, copy.publisher, copy.channel, copy.sequence)
    if (view.getUint32(start + at.run, true) !== sealed) {
      this.tracker.unexpected()
      return
    }
    copy.intendedMicros = view.getFloat64(start + at.intended, true)
    copy.sentMicros = view.getFloat64(start + at.sent, true)
    copy.isOnLeft = this.#left.size > 0 && this.#left.get(connection.id) === connection
    this.#take(copy, start)
  }

  onPong(connection: Connection): void {
    if (this.#connections[connection.id] === connection) this.heartbeats?.pong(connection.id)
  }

  onClose(connection: Connection, code: number): void {
    const client = connection.id
    if (this.#connections[client] === connection) this.heartbeats?.renew(client)
    this.traffic.closed(code)
    if (this.#left.get(client) === connection) this.#leave(client)
    else if (this.#successors.get(client) === connection) this.#scheduleReconnect(client)
    else if (this.#connections[client] === connection) this.#lose(client)
  }

  onFailure(connection: Connection, kind: ConnectFailure, head: ResponseHead | null): void {
    const client = connection.id
    this.traffic.failedToConnect(kind)
    const refuser = head?.headers.get(NODE_HEADER)
    if (refuser) this.tracker.refused(this.nodes.indexOf(refuser), nowMicros())
    if (this.#successors.get(client) === connection || this.#connections[client] === connection) {
      this.#scheduleReconnect(client)
    }
  }

  cut(client: number, offlineMs: number | null): void {
    const connection = this.#connections[client]
    if (!connection?.isOpen) return
    if (offlineMs !== null) this.#backoff.keepAway(client, offlineMs)
    const successor = this.#successors.get(client)
    if (successor) {
      this.#successors.delete(client)
      successor.destroy()
    }
    connection.destroy()
  }

  pause(client: number): void {
    this.heartbeats?.pause(client)
    this.#connections[client]?.pause()
    this.#left.get(client)?.pause()
  }

  resume(client: number): void {
    this.heartbeats?.renew(client)
    this.#connections[client]?.resume()
    this.#left.get(client)?.resume()
  }

  ping(client: number): boolean {
    return this.#connections[client]?.sendFrame(PING) === true
  }

  giveUp(client: number): void {
    this.#connections[client]?.destroy()
  }

  destroy(): void {
    for (const connections of [this.#connections, this.#successors.values(), this.#left.values()])
      for (const connection of connections) connection?.destroy()
  }

  /** The copy at hand, whose header is at `start` of the view. */
  #take(copy: ReceivedCopy, start: number): void {
    const { client, isOnLeft } = copy
    this.traffic.received(isOnLeft ? this.#nodeLeft(client) : this.#node[client]!)
    const kind = this.tracker.receive(copy)
    if (this.#positions !== null && !isOnLeft) {
      this.#positions.passed(client, copy.channel, this.#view.getFloat64(start + at.offset, true))
    }
    if (kind > received.lastFirstCopy) return
    this.recorder.received(copy)
    if (this.hops.isSampled(client, copy.sequence)) {
      this.hops.received(this.#view, start, copy.receivedMicros)
    }
  }

  /** It hears from now on all it is to hear; where that is no channel at all, it is just there. */
  #subscribed(connection: Connection, { recovered, position }: Subscription): void {
    const client = connection.id
    const isSuccessor = this.#successors.get(client) === connection
    if (!isSuccessor && this.#connections[client] !== connection) return
    const isRecovered = recovered === true
    this.#node[client] = this.#reached[client]!
    if (isSuccessor) this.#handOver(client, connection, isRecovered)
    else if (!this.tracker.beginEpoch(client, nowMicros(), this.#node[client]!, isRecovered)) return
    this.#positions?.subscribed(client, position)
    if (this.#backoff.subscribed(client)) this.traffic.reconnected()
    this.traffic.joined(this.#node[client]!)
  }

  /** The client gets a successor to `connection`, unless it is getting one already. */
  #move(connection: Connection): void {
    const client = connection.id
    if (this.#connections[client] !== connection || this.#successors.has(client)) return
    this.#successors.set(client, null)
    this.connect(client)
  }

  /** The successor is subscribed: the old connection is left, which its server may take the grace period to confirm. */
  #handOver(client: number, successor: Connection, isRecovered: boolean): void {
    const old = this.#connections[client]!
    this.#left.get(client)?.destroy()
    this.#leave(client)
    this.#departed(client)
    const wasSubscribed = this.tracker.epochs.openOf(client) >= 0
    this.tracker.handOver(client, nowMicros(), this.#node[client]!, isRecovered)
    this.#successors.delete(client)
    this.#connections[client] = successor
    this.heartbeats?.renew(client)
    if (wasSubscribed) this.#left.set(client, old)
    this.#tell(old, { op: 'unsubscribe' })
    setTimeout(() => old.destroy(), wasSubscribed ? this.context.plan.phases.graceMs : 0)
  }

  /** Nothing more of the connection that the client is leaving is taken. */
  #leave(client: number): void {
    if (this.#left.delete(client)) this.tracker.endLeft(client, nowMicros())
  }

  /** The client's own connection broke. A successor on its way takes its place. */
  #lose(client: number): void {
    this.#left.get(client)?.destroy()
    this.#left.delete(client)
    this.#departed(client)
    this.tracker.endEpoch(client, nowMicros())
    const successor = this.#successors.get(client)
    if (successor === undefined) this.#scheduleReconnect(client)
    else {
      this.#successors.delete(client)
      this.#connections[client] = successor
    }
  }

  /** The node of the connection that it is leaving. */
  #nodeLeft(client: number): number {
    return this.tracker.epochs.node(this.tracker.epochs.leftOf(client))
  }

  #departed(client: number): void {
    const epoch = this.tracker.epochs.openOf(client)
    if (epoch >= 0) this.traffic.left(this.tracker.epochs.node(epoch))
  }

  #tell(connection: Connection, control: ClientControl): void {
    connection.send(JSON.stringify(control))
  }

  #keepCookies(client: number, cookies: readonly string[]): void {
    if (cookies.length === 0) return
    this.#jars[client] ??= new CookieJar()
    this.#jars[client].store(cookies)
  }

  /** Connects again in a while: as its successor where that is what failed. */
  #scheduleReconnect(client: number): void {
    if (this.#successors.has(client)) this.#successors.set(client, null)
    else this.#connections[client] = null
    setTimeout(() => this.connect(client), this.#backoff.delayMs(client))
  }
}

type Subscription = Pick<Extract<NodeControl, { op: 'subscribed' }>, 'recovered' | 'position'>

/** `{key: value}`, or nothing where there is no value. */
function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value }
}

function parseControl(text: string): NodeControl | null {
  try {
    return JSON.parse(text) as NodeControl
  } catch {
    return null
  }
}
