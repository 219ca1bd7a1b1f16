import { ACK_BYTES, ackStatus, at, kinds, type PublishHeader } from '../protocols/reference.js'
import { addressOf } from '../scenarios/address.js'
import { clientPath } from './client-path.js'
import type { Ledger } from './ledger.js'
import { backoffMs } from './pacer.js'
import { PublishFrame } from './publish-frame.js'
import type { PublisherRoute } from './publishers.js'
import type { Traffic } from './traffic.js'
import type { ConnectFailure } from './wire/connect-failure.js'
import { Connection, type WireHandlers } from './wire/connection.js'
import type { WorkerContext } from './worker-context.js'

/** A publisher on a WebSocket of its own; it reconnects as a subscriber does, and what is due meanwhile fails. */
export class ClientPublisher implements PublisherRoute, WireHandlers {
  isOpen = false
  #frame: PublishFrame
  #connection: Connection | null = null
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
    const { plan, endpoints } = this.context
    const localAddress = addressOf(plan.clients.addresses, plan.seed, plan.clients.count + this.index)
    this.traffic.attempted += 1
    const endpoint = endpoints[this.index % endpoints.length]!
    this.#connection = new Connection({
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
    // The kernel has not taken the last one whole: its bytes stay as they are.
    if (this.#connection.pendingBytes > 0) this.#frame = new PublishFrame(this.sizeBytes)
    return this.#connection.sendFrame(this.#frame.of(header))
  }

  onOpen(): void {
    this.traffic.opened += 1
    this.#attempt = 0
    this.isOpen = true
  }

  onText(): void {}

  onBinary(_connection: Connection, buffer: Buffer, start: number, end: number): void {
    if (end - start !== ACK_BYTES || buffer[start + at.kind] !== kinds.ack) return
    if (buffer[start + at.status] !== ackStatus.accepted) return
    if (buffer.readUInt32LE(start + at.run) !== this.context.run) return
    this.ledger.acked(buffer.readUInt32LE(start + at.sequence))
  }

  onClose(_connection: Connection, code: number): void {
    this.isOpen = false
    this.traffic.closed(code)
    this.#comeBack()
  }

  onFailure(_connection: Connection, kind: ConnectFailure): void {
    this.traffic.failedToConnect(kind)
    this.#comeBack()
  }

  destroy(): void {
    this.#connection?.destroy()
  }

  #comeBack(): void {
    this.#connection = null
    const delayMs = backoffMs(this.context.plan.clients.reconnect, this.#attempt, this.context.random)
    this.#attempt += 1
    setTimeout(() => this.connect(), delayMs)
  }
}
