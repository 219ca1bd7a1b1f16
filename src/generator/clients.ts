import { nowMicros } from '../clock.js'
import { at, HEADER_BYTES, kinds, NODE_HEADER, type NodeControl } from '../protocols/reference.js'
import type { SubscriptionLayout } from '../results/delivery/layout.js'
import { type DeliveryTracker, received } from '../results/delivery/tracker.js'
import { addressOf } from '../scenarios/address.js'
import { clientPath } from './client-path.js'
import { CookieJar } from './cookie-jar.js'
import type { Disturbable } from './disturbances.js'
import { type NodeNames, UNNAMED_NODE } from './node-names.js'
import { backoffMs } from './pacer.js'
import type { Recorder } from './recorder.js'
import { Traffic } from './traffic.js'
import type { ConnectFailure } from './wire/connect-failure.js'
import { Connection, type WireHandlers } from './wire/connection.js'
import type { ResponseHead } from './wire/response-head.js'
import type { WorkerContext } from './worker-context.js'

/**
 * The subscribers of one worker. A virtual client keeps its address, id and cookies for life; when its connection breaks it
 * comes back with full-jitter back-off and subscribes to the same channels. Its index here is local to the worker.
 */
export class Clients implements WireHandlers, Disturbable {
  readonly traffic = new Traffic()
  readonly #connections: (Connection | null)[]
  readonly #jars: (CookieJar | undefined)[]
  readonly #attempts: Uint8Array
  readonly #startedMicros: Float64Array
  readonly #node: Int32Array
  readonly #wasOpen: Uint8Array
  /** How long clients that were cut stay away, where it is not for their back-off to say. */
  readonly #offlineMs = new Map<number, number>()
  #opened = 0
  #view: DataView = new DataView(new ArrayBuffer(0))
  #viewOf: Buffer | null = null

  constructor(
    readonly context: WorkerContext,
    readonly layout: SubscriptionLayout,
    readonly tracker: DeliveryTracker,
    readonly recorder: Recorder,
    readonly nodes: NodeNames,
  ) {
    this.#connections = new Array<Connection | null>(layout.clients).fill(null)
    this.#jars = new Array<CookieJar | undefined>(layout.clients)
    this.#attempts = new Uint8Array(layout.clients)
    this.#startedMicros = new Float64Array(layout.clients)
    this.#node = new Int32Array(layout.clients).fill(-1)
    this.#wasOpen = new Uint8Array(layout.clients)
  }

  get count(): number {
    return this.layout.clients
  }

  /** Clients that have been subscribed at least once. */
  get opened(): number {
    return this.#opened
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
    this.#connections[client] = new Connection({
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
  }

  onOpen(connection: Connection, head: ResponseHead): void {
    const client = connection.id
    if (this.context.plan.clients.keepsCookies) this.#keepCookies(client, head.setCookies)
    this.#node[client] = this.nodes.indexOf(head.headers.get(NODE_HEADER) ?? UNNAMED_NODE)
    this.recorder.opened(nowMicros() - this.#startedMicros[client]!)
    this.traffic.opened += 1
    connection.sendText(JSON.stringify({ op: 'subscribe', channels: this.layout.channelsOf(client) }))
  }

  onText(connection: Connection, buffer: Buffer, start: number, end: number): void {
    const control = parseControl(buffer.toString('utf8', start, end))
    if (control?.op !== 'subscribed') return
    const client = connection.id
    const node = this.#node[client]!
    if (!this.tracker.beginEpoch(client, nowMicros(), node, control.recovered === true)) return
    this.#attempts[client] = 0
    if (this.#wasOpen[client] === 0) {
      this.#wasOpen[client] = 1
      this.#opened += 1
    } else this.traffic.reconnected()
    this.traffic.joined(node)
  }

  onBinary(connection: Connection, buffer: Buffer, start: number, end: number): void {
    const now = nowMicros()
    if (buffer !== this.#viewOf) {
      this.#viewOf = buffer
      this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    }
    const view = this.#view
    if (end - start < HEADER_BYTES || view.getUint8(start + at.kind) !== kinds.message) {
      this.tracker.unexpected()
      return
    }
    if (view.getUint32(start + at.run, true) !== this.context.run) {
      this.tracker.unexpected()
      return
    }
    this.traffic.received += 1
    const sentMicros = view.getFloat64(start + at.sent, true)
    const kind = this.tracker.receive(
      connection.id,
      view.getUint32(start + at.channel, true),
      view.getUint32(start + at.publisher, true),
      view.getUint32(start + at.sequence, true),
      sentMicros,
    )
    if (kind <= received.lastFirstCopy) {
      this.recorder.received(now, view.getFloat64(start + at.intended, true), sentMicros)
    }
  }

  onClose(connection: Connection, code: number): void {
    const client = connection.id
    this.traffic.closed(code)
    if (this.tracker.endEpoch(client, nowMicros())) this.traffic.left(this.#node[client]!)
    this.#comeBack(client)
  }

  onFailure(connection: Connection, kind: ConnectFailure): void {
    this.traffic.failedToConnect(kind)
    this.#comeBack(connection.id)
  }

  cut(client: number, offlineMs: number | null): void {
    const connection = this.#connections[client]
    if (!connection?.isOpen) return
    if (offlineMs !== null) this.#offlineMs.set(client, offlineMs)
    connection.destroy()
  }

  pause(client: number): void {
    this.#connections[client]?.pause()
  }

  resume(client: number): void {
    this.#connections[client]?.resume()
  }

  destroy(): void {
    for (const connection of this.#connections) connection?.destroy()
  }

  #keepCookies(client: number, cookies: readonly string[]): void {
    if (cookies.length === 0) return
    this.#jars[client] ??= new CookieJar()
    this.#jars[client].store(cookies)
  }

  #comeBack(client: number): void {
    this.#connections[client] = null
    const delayMs = this.#offlineMs.get(client) ?? this.#backOffMs(client)
    this.#offlineMs.delete(client)
    setTimeout(() => this.connect(client), delayMs)
  }

  #backOffMs(client: number): number {
    const attempt = this.#attempts[client]!
    this.#attempts[client] = Math.min(255, attempt + 1)
    return backoffMs(this.context.plan.clients.reconnect, attempt, this.context.random)
  }
}

function parseControl(text: string): NodeControl | null {
  try {
    return JSON.parse(text) as NodeControl
  } catch {
    return null
  }
}
