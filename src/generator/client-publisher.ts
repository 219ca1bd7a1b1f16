import { nowMicros } from '../base/clock.js'
import { addressOf } from '../plan/address.js'
import { readJson } from '../protocols/read-json.js'
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
import type { ConnectionCounters } from './connection-counters.js'
import { endpointAt } from './endpoint-at.js'
import type { Ledger } from './ledger.js'
import { UNNAMED_NODE } from './node-names.js'
import { PublishFrame } from './publish-frame.js'
import { PublisherAttempts } from './publisher-attempts.js'
import type { PublisherRoute } from './publisher-route.js'
import { isOrdinaryCode } from './wire/close-codes.js'
import { Connection, type WireHandlers } from './wire/connection.js'
import type { ResponseHead } from './wire/response-head.js'
import type { WorkerContext } from './worker-context.js'

/**
 * A publisher on a WebSocket of its own. It reconnects as a subscriber does; messages planned meanwhile fail. When its node
 * advises it to reconnect, it opens a second connection first, and closes the old one once everything sent there is acked.
 */
export class ClientPublisher implements PublisherRoute, WireHandlers {
  isOpen = false
  #frame: PublishFrame
  #connection: Connection | null = null
  /** The connection that will replace its own. */
  #successor: Connection | null = null
  /** The connection that its successor replaced, until it is closed, and the acks still expected on it. */
  #leaving: Connection | null = null
  #unanswered = 0
  readonly #attempts: PublisherAttempts

  constructor(
    readonly context: WorkerContext,
    readonly index: number,
    readonly sizeBytes: number,
    readonly ledger: Ledger,
    readonly counters: ConnectionCounters,
  ) {
    this.#frame = new PublishFrame(sizeBytes)
    this.#attempts = new PublisherAttempts(context, counters, `p${index}`)
  }

  get refusalIfAbsent(): number | null {
    return this.#attempts.refusalIfAbsent
  }

  connect(): void {
    this.#connection = this.#open()
  }

  #open(): Connection {
    const { plan, endpoints } = this.context
    const localAddress = addressOf(plan.clients.addresses, plan.seed, plan.clients.count + this.index)
    this.counters.attempted += 1
    const endpoint = endpointAt(endpoints, this.index)
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
    this.#keepUnsentBytes(this.#connection)
    return this.#connection.sendFrame(this.#frame.of(header))
  }

  onOpen(connection: Connection, head: ResponseHead): void {
    this.counters.opened += 1
    this.#attempts.ready()
    this.ledger.connected(head.headers.get(NODE_HEADER) ?? UNNAMED_NODE, nowMicros())
    if (connection === this.#successor) this.#switchTo(connection)
    else this.isOpen = true
  }

  onText(connection: Connection, buffer: Buffer, start: number, end: number): void {
    if (connection !== this.#connection || this.#successor || !this.isOpen) return
    const control = readJson<NodeControl>(buffer.toString('utf8', start, end))
    if (control?.op === 'reconnect') this.#successor = this.#open()
  }

  onBinary(connection: Connection, buffer: Buffer, start: number, end: number): void {
    if (end - start !== ACK_BYTES || buffer[start + at.kind] !== kinds.ack) return
    if (connection === this.#leaving) this.#countAnswer(connection)
    const channel = buffer.readUInt32LE(start + at.channel)
    const sequence = buffer.readUInt32LE(start + at.sequence)
    if (buffer.readUInt32LE(start + at.run) !== seal(this.context.run, this.index, channel, sequence)) return
    if (buffer[start + at.status] === ackStatus.accepted) this.ledger.acked(sequence)
    else this.ledger.refused(sequence)
  }

  onClose(connection: Connection, code: number, reason: string): void {
    const isError = !connection.isAborted && !isOrdinaryCode(code)
    const refusal = isError ? { kind: `close-${code}` as const, words: reason } : null
    this.#attempts.ended({ code, wasReady: true, refusal })
    if (connection === this.#leaving) this.#leaving = null
    else if (connection === this.#connection) this.#onDisconnected()
  }

  onFailure(connection: Connection, kind: ConnectFailure, _head: ResponseHead | null, words: string): void {
    this.#attempts.ended({ code: null, wasReady: false, refusal: { kind, words } })
    if (connection === this.#successor) this.#retrySuccessor()
    else this.#scheduleReconnect()
  }

  destroy(): void {
    for (const connection of [this.#connection, this.#successor, this.#leaving]) connection?.destroy()
  }

  #switchTo(successor: Connection): void {
    const old = this.#connection!
    this.#keepUnsentBytes(old)
    this.#connection = successor
    this.#successor = null
    this.#leaving = old
    this.#unanswered = this.ledger.unanswered
    if (this.#unanswered === 0) old.close()
    else setTimeout(() => old.close(), this.context.plan.phases.graceMs)
  }

  /** If the kernel has not taken all of the last frame, the next message is written to other memory. */
  #keepUnsentBytes(connection: Connection): void {
    if (connection.pendingBytes > 0) this.#frame = new PublishFrame(this.sizeBytes)
  }

  #countAnswer(old: Connection): void {
    this.#unanswered -= 1
    if (this.#unanswered === 0) old.close()
  }

  /** Only if the own connection is still open by then; otherwise an ordinary reconnect is scheduled already. */
  #retrySuccessor(): void {
    const own = this.#connection
    this.#successor = null
    setTimeout(() => {
      if (this.#connection === own && this.isOpen) this.#successor = this.#open()
    }, this.#attempts.delayMs())
  }

  /** A successor that is being opened takes the place of the connection. */
  #onDisconnected(): void {
    this.isOpen = false
    this.ledger.disconnected(nowMicros())
    if (this.#successor) {
      this.#connection = this.#successor
      this.#successor = null
    } else this.#scheduleReconnect()
  }

  #scheduleReconnect(): void {
    this.#connection = null
    setTimeout(() => this.connect(), this.#attempts.delayMs())
  }
}
