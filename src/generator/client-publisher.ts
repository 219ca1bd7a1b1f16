import { nowMicros } from '../base/clock.js'
import { addressOf } from '../plan/address.js'
import {
  ACK_BYTES,
  ackStatus,
  at,
  kinds,
  NODE_HEADER,
  type NodeControl,
  type PublishHeader,
  seal,
} from '../protocols/reference.js'
import type { ConnectFailure } from '../results/connect-failures.js'
import { clientPath } from './client-path.js'
import type { Traffic } from './connection-counters.js'
import type { Ledger } from './ledger.js'
import { UNNAMED_NODE } from './node-names.js'
import { backoffMs } from './pacer.js'
import { PublishFrame } from './publish-frame.js'
import type { PublisherRoute } from './publisher-route.js'
import { Connection, type WireHandlers } from './wire/connection.js'
import type { ResponseHead } from './wire/response-head.js'
import type { WorkerContext } from './worker-context.js'

/**
 * A publisher on a WebSocket of its own; it reconnects as a subscriber does, and what is due meanwhile fails. Advised to
 * reconnect it does so first, and closes the old connection once all it sent there is acknowledged.
 */
export class ClientPublisher implements PublisherRoute, WireHandlers {
  isOpen = false
  #frame: PublishFrame
  #connection: Connection | null = null
  #successor: Connection | null = null
  /** The connection that it has left, and acks that are still to come there. */
  #left: Connection | null = null
  #unanswered = 0
  #attempt = 0

  constructor(
    readonly context: WorkerContext,
    readonly index: number,
    readonly sizeBytes: number,
    readonly ledger: Ledger,
    readonly traffic: Traffic,
  ) {
    this.#frame = new PublishFrame(sizeBytes)
  }

  connect(): void {
    this.#connection = this.#open()
  }

  #open(): Connection {
    const { plan, endpoints } = this.context
    const localAddress = addressOf(plan.clients.addresses, plan.seed, plan.clients.count + this.index)
    this.traffic.attempted += 1
    const endpoint = endpoints[this.index % endpoints.length]!
    return new Connection({
      ...endpoint,
      path: clientPath(endpoint.path, plan.clients, `p${this.index}`),
      localAddress,
      timeoutMs: plan.clients.connectTimeoutMs,
      id: this.index,
      handlers: this,
    })
  }

  send(header: PublishHeader): boolean {
    if (!this.isOpen || !this.#connection) return false
    this.#spare(this.#connection)
    return this.#connection.sendFrame(this.#frame.of(header))
  }

  onOpen(connection: Connection, head: ResponseHead): void {
    this.traffic.opened += 1
    this.#attempt = 0
    this.ledger.connected(head.headers.get(NODE_HEADER) ?? UNNAMED_NODE, nowMicros())
    if (connection === this.#successor) this.#handOver(connection)
    else this.isOpen = true
  }

  onText(connection: Connection, buffer: Buffer, start: number, end: number): void {
    if (connection !== this.#connection || this.#successor || !this.isOpen) return
    if (controlOf(buffer.toString('utf8', start, end)) === 'reconnect') this.#successor = this.#open()
  }

  onBinary(connection: Connection, buffer: Buffer, start: number, end: number): void {
    if (end - start !== ACK_BYTES || buffer[start + at.kind] !== kinds.ack) return
    if (connection === this.#left) this.#answered(connection)
    const channel = buffer.readUInt32LE(start + at.channel)
    const sequence = buffer.readUInt32LE(start + at.sequence)
    if (buffer.readUInt32LE(start + at.run) !== seal(this.context.run, this.index, channel, sequence)) return
    if (buffer[start + at.status] === ackStatus.accepted) this.ledger.acked(sequence)
    else this.ledger.refused(sequence)
  }

  onClose(connection: Connection, code: number): void {
    this.traffic.closed(code)
    if (connection === this.#left) this.#left = null
    else if (connection === this.#connection) this.#lose()
  }

  onFailure(connection: Connection, kind: ConnectFailure): void {
    this.traffic.failedToConnect(kind)
    if (connection === this.#successor) this.#succeedLater()
    else this.#scheduleReconnect()
  }

  destroy(): void {
    for (const connection of [this.#connection, this.#successor, this.#left]) connection?.destroy()
  }

  #handOver(successor: Connection): void {
    const old = this.#connection!
    this.#spare(old)
    this.#connection = successor
    this.#successor = null
    this.#left = old
    this.#unanswered = this.ledger.unanswered
    if (this.#unanswered === 0) old.close()
    else setTimeout(() => old.close(), this.context.plan.phases.graceMs)
  }

  /** Where the kernel has not taken the last frame whole, its bytes stay as they are. */
  #spare(connection: Connection): void {
    if (connection.pendingBytes > 0) this.#frame = new PublishFrame(this.sizeBytes)
  }

  #answered(old: Connection): void {
    this.#unanswered -= 1
    if (this.#unanswered === 0) old.close()
  }

  /** Unless its own connection is gone by then, and it comes back as ever. */
  #succeedLater(): void {
    const own = this.#connection
    this.#successor = null
    setTimeout(() => {
      if (this.#connection === own && this.isOpen) this.#successor = this.#open()
    }, this.#backOffMs())
  }

  /** A successor on its way takes its place. */
  #lose(): void {
    this.isOpen = false
    this.ledger.disconnected(nowMicros())
    if (this.#successor) {
      this.#connection = this.#successor
      this.#successor = null
    } else this.#scheduleReconnect()
  }

  #scheduleReconnect(): void {
    this.#connection = null
    setTimeout(() => this.connect(), this.#backOffMs())
  }

  #backOffMs(): number {
    const delayMs = backoffMs(this.context.plan.clients.reconnect, this.#attempt, this.context.random)
    this.#attempt += 1
    return delayMs
  }
}

function controlOf(text: string): NodeControl['op'] | null {
  try {
    return (JSON.parse(text) as NodeControl).op
  } catch {
    return null
  }
}
