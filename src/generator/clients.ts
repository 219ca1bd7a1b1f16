import { nowMicros } from '../base/clock.js'
import { addressOf } from '../plan/address.js'
import { fillerStart, isFiller } from '../protocols/filler.js'
import { readJson } from '../protocols/read-json.js'
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
import { received } from '../results/delivery/tracker.js'
import { clientPath } from './client-path.js'
import { CookieJar } from './cookie-jar.js'
import { endpointAt } from './endpoint-at.js'
import type { HopRecorder } from './hop-recorder.js'
import { UNNAMED_NODE } from './node-names.js'
import { Positions } from './positions.js'
import { ReceivedCopy } from './received-copy.js'
import { Subscribers } from './subscribers.js'
import { isOrdinaryCode } from './wire/close-codes.js'
import { Connection, type WireHandlers } from './wire/connection.js'
import type { ResponseHead } from './wire/response-head.js'

/**
 * The subscribers of one worker, over the reference protocol. A client keeps its address, id and cookies for the whole run.
 * When its connection ends, it reconnects after a full-jitter back-off and subscribes to the same channels. When its node
 * advises it to reconnect, it first subscribes on a second connection, its successor, and then leaves the old one.
 */
export class Clients extends Subscribers implements WireHandlers {
  readonly #connections: (Connection | null)[]
  /** By client in a handover: the connection that will replace its own; null before the next attempt to open it. */
  readonly #successors = new Map<number, Connection | null>()
  /** By client after a handover: the old connection, until it is closed. */
  readonly #leaving = new Map<number, Connection>()
  /** Null if clients do not resume. */
  readonly #positions: Positions | null
  readonly #jars: (CookieJar | undefined)[]
  /** By client: the node that its newest connection reached. */
  readonly #reached: Int32Array
  readonly #copy = new ReceivedCopy()
  #view: DataView = new DataView(new ArrayBuffer(0))
  #viewOf: Buffer | null = null

  constructor(
    readonly hops: HopRecorder,
    ...shared: ConstructorParameters<typeof Subscribers>
  ) {
    super(...shared)
    const { clients } = this.layout
    this.#connections = new Array<Connection | null>(clients).fill(null)
    this.#jars = new Array<CookieJar | undefined>(clients)
    this.#reached = new Int32Array(clients).fill(-1)
    this.#positions = this.context.plan.clients.reconnect.resume ? new Positions(this.layout) : null
  }

  onOpen(connection: Connection, head: ResponseHead): void {
    const client = connection.id
    if (this.context.plan.clients.keepsCookies) this.#keepCookies(client, head.setCookies)
    this.#reached[client] = this.nodes.indexOf(head.headers.get(NODE_HEADER) ?? UNNAMED_NODE)
    if (this.#connections[client] === connection) this.node[client] = this.#reached[client]!
    this.countOpened(client)
    const channels = this.layout.channelsOf(client)
    if (channels.length === 0) this.#onSubscribed(connection, {})
    else {
      const resume = this.#positions?.of(client)
      send(connection, { op: 'subscribe', channels, ...(resume && { resume }) })
    }
  }

  onText(connection: Connection, buffer: Buffer, start: number, end: number): void {
    const control = readJson<NodeControl>(buffer.toString('utf8', start, end))
    if (control?.op === 'subscribed') this.#onSubscribed(connection, control)
    else if (control?.op === 'reconnect') this.#startHandover(connection)
    else if (control?.op === 'unsubscribed' && this.#leaving.get(connection.id) === connection) {
      this.#endHandover(connection.id)
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
    if (end === start || view.getUint8(start + at.kind) !== kinds.message) {
      this.tracker.unexpected()
      return
    }
    if (end - start < HEADER_BYTES) {
      this.tracker.malformed()
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
    copy.plannedMicros = view.getFloat64(start + at.planned, true)
    copy.sentMicros = view.getFloat64(start + at.sent, true)
    copy.isOnLeft = this.#leaving.size > 0 && this.#leaving.get(connection.id) === connection
    this.#receive(copy, start, end)
  }

  onPong(connection: Connection): void {
    if (this.#connections[connection.id] === connection) this.heartbeats?.pong(connection.id)
  }

  onClose(connection: Connection, code: number, reason: string): void {
    const client = connection.id
    const wasReady = this.#isSubscribed(connection)
    const isError = !connection.isAborted && (!wasReady || !isOrdinaryCode(code))
    const refusal = isError ? { kind: `close-${code}` as const, words: reason } : null
    this.countEnded(client, { code, wasReady, refusal })
    if (this.#connections[client] === connection) this.heartbeats?.renew(client)
    if (this.#leaving.get(client) === connection) this.#endHandover(client)
    else if (this.#successors.get(client) === connection) this.#reconnectLater(client)
    else if (this.#connections[client] === connection) this.#onDisconnected(client)
  }

  onFailure(connection: Connection, kind: ConnectFailure, head: ResponseHead | null, words: string): void {
    const client = connection.id
    this.countEnded(client, { code: null, wasReady: false, refusal: { kind, words } })
    const refusedBy = head?.headers.get(NODE_HEADER)
    if (refusedBy) this.tracker.refused(this.nodes.indexOf(refusedBy), nowMicros())
    if (this.#successors.get(client) === connection || this.#connections[client] === connection) {
      this.#reconnectLater(client)
    }
  }

  override cut(client: number, offlineMs: number | null): boolean {
    const successor = this.#successors.get(client)
    if (successor && this.#connections[client]?.isOpen) {
      this.#successors.delete(client)
      successor.destroy()
    }
    return super.cut(client, offlineMs)
  }

  override pause(client: number): boolean {
    this.#leaving.get(client)?.pause()
    return super.pause(client)
  }

  override resume(client: number): void {
    super.resume(client)
    this.#leaving.get(client)?.resume()
  }

  destroy(): void {
    for (const connections of [this.#connections, this.#successors.values(), this.#leaving.values()])
      for (const connection of connections) connection?.destroy()
  }

  protected override open(client: number): void {
    const { plan } = this.context
    const global = this.globalOf(client)
    const endpoint = this.#endpointOf(client)
    const connection = new Connection({
      host: endpoint.host,
      address: endpoint.address,
      port: endpoint.port,
      tls: endpoint.tls,
      path: clientPath(endpoint.path, plan.clients, `c${global}`),
      localAddress: addressOf(plan.clients.addresses, plan.seed, global),
      cookie: this.#jars[client]?.headerFor(endpoint),
      timeoutMs: plan.clients.connectTimeoutMs,
      id: client,
      handlers: this,
    })
    if (this.#successors.has(client)) this.#successors.set(client, connection)
    else this.#connections[client] = connection
  }

  protected override connectionOf(client: number): Connection | null {
    return this.#connections[client]!
  }

  #isSubscribed(connection: Connection): boolean {
    const client = connection.id
    if (this.#leaving.get(client) === connection) return true
    return this.#connections[client] === connection && this.tracker.epochs.openOf(client) >= 0
  }

  /** Takes `copy`, whose message is [start, end) of the view. */
  #receive(copy: ReceivedCopy, start: number, end: number): void {
    const { client, isOnLeft } = copy
    const { epochs } = this.tracker
    this.counters.received(isOnLeft ? epochs.node(epochs.leftOf(client)) : this.node[client]!)
    const kind = this.tracker.receive(copy)
    if (kind < received.unexpected && !this.#isIntact(copy, start, end)) this.tracker.corruptedCopies += 1
    if (this.#positions !== null && !isOnLeft) {
      this.#positions.passed(client, copy.channel, this.#view.getFloat64(start + at.offset, true))
    }
    if (kind > received.lastFirstCopy) return
    this.recorder.received(copy)
    if (this.hops.isSampled(client, copy.sequence)) {
      this.hops.received(this.#view, start, copy.receivedMicros)
    }
  }

  /** Whether the body of a message of this run is the one that was published. */
  #isIntact({ channel }: ReceivedCopy, start: number, end: number): boolean {
    const { sizeBytes } = this.context.plan.channels[this.layout.groupOf[channel]!]!
    if (end - start !== sizeBytes) return false
    const from = fillerStart(this.#view.getUint32(start + at.run, true))
    return isFiller(this.#viewOf!, start + HEADER_BYTES, end, from)
  }

  /** The server confirmed the subscription; a client without channels is subscribed once its connection is open. */
  #onSubscribed(connection: Connection, { recovered, position }: Subscription): void {
    const client = connection.id
    const isSuccessor = this.#successors.get(client) === connection
    if (!isSuccessor && this.#connections[client] !== connection) return
    const isRecovered = recovered === true
    this.node[client] = this.#reached[client]!
    if (isSuccessor) this.#switchTo(connection, isRecovered)
    else if (!this.tracker.beginEpoch(client, nowMicros(), this.node[client]!, isRecovered)) return
    this.#positions?.subscribed(client, position)
    this.countSubscribed(client)
  }

  /** Opens a successor to `connection`, unless the client has one already. */
  #startHandover(connection: Connection): void {
    const client = connection.id
    if (this.#connections[client] !== connection || this.#successors.has(client)) return
    this.#successors.set(client, null)
    this.connect(client)
  }

  /** The successor is subscribed: asks the server to end the old subscription, for which it has the grace period. */
  #switchTo(successor: Connection, isRecovered: boolean): void {
    const client = successor.id
    const old = this.#connections[client]!
    this.#leaving.get(client)?.destroy()
    this.#endHandover(client)
    this.#countDisconnected(client)
    const wasSubscribed = this.tracker.epochs.openOf(client) >= 0
    this.tracker.handOver(client, nowMicros(), this.node[client]!, isRecovered)
    this.#successors.delete(client)
    this.#connections[client] = successor
    this.heartbeats?.renew(client)
    if (wasSubscribed) this.#leaving.set(client, old)
    send(old, { op: 'unsubscribe' })
    setTimeout(() => old.destroy(), wasSubscribed ? this.context.plan.phases.graceMs : 0)
  }

  /** From now on, copies on the old connection are unexpected. */
  #endHandover(client: number): void {
    if (this.#leaving.delete(client)) this.tracker.endLeft(client, nowMicros())
  }

  /** The client's own connection ended. A successor that is being opened takes its place. */
  #onDisconnected(client: number): void {
    this.#leaving.get(client)?.destroy()
    this.#leaving.delete(client)
    this.#countDisconnected(client)
    this.tracker.endEpoch(client, nowMicros())
    const successor = this.#successors.get(client)
    if (successor === undefined) this.#reconnectLater(client)
    else {
      this.#successors.delete(client)
      this.#connections[client] = successor
    }
  }

  #countDisconnected(client: number): void {
    const epoch = this.tracker.epochs.openOf(client)
    if (epoch >= 0) this.counters.disconnected(this.tracker.epochs.node(epoch))
  }

  #keepCookies(client: number, cookies: readonly string[]): void {
    if (cookies.length === 0) return
    this.#jars[client] ??= new CookieJar()
    this.#jars[client].store(cookies, this.#endpointOf(client))
  }

  #endpointOf(client: number) {
    return endpointAt(this.context.endpoints, this.globalOf(client))
  }

  /** If it was a successor that failed, the next connection is a successor too. */
  #reconnectLater(client: number): void {
    if (this.#successors.has(client)) this.#successors.set(client, null)
    else this.#connections[client] = null
    this.scheduleReconnect(client)
  }
}

type Subscription = Pick<Extract<NodeControl, { op: 'subscribed' }>, 'recovered' | 'position'>

function send(connection: Connection, control: ClientControl): void {
  connection.send(JSON.stringify(control))
}
