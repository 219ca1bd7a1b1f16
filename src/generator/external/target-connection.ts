import { nowMicros } from '../../base/clock.js'
import { addressOf } from '../../plan/address.js'
import type { Conversation, Outgoing, Peer } from '../../protocols/protocol.js'
import { countMalformed, emptyTag, readTag, type Tag } from '../../protocols/tag.js'
import type { ConnectFailure } from '../../results/connect-failures.js'
import { CookieJar, type CookieOrigin } from '../cookie-jar.js'
import { UNNAMED_NODE } from '../node-names.js'
import { Connection, type WireHandlers } from '../wire/connection.js'
import { Deadlines, type Waiter } from '../wire/deadlines.js'
import type { ResponseHead } from '../wire/response-head.js'
import type { WorkerContext } from '../worker-context.js'
import type { Handshake } from './target-access.js'
import type { ClientIdentity } from './values.js'

export interface TargetConnectionHandlers {
  /** The handshake succeeded. */
  onOpen(connection: TargetConnection, head: ResponseHead): void
  /** All channels are subscribed to. */
  onReady(connection: TargetConnection, isRecovered: boolean): void
  /** A message of any run, whose tag ends at `end` of `bytes`. Both are valid only during the call. */
  onMessage(connection: TargetConnection, tag: Tag, bytes: Buffer, end: number): void
  /** So many messages whose tags can't be read came in one frame. */
  onMalformed?(connection: TargetConnection, messages: number): void
  onAck(connection: TargetConnection, sequence: number): void
  onPong?(connection: TargetConnection): void
  onClose(connection: TargetConnection, code: number): void
  /** It did not open, or (`not-ready`) it opened but did not become ready in time. */
  onFailure(connection: TargetConnection, kind: ConnectFailure, head: ResponseHead | null): void
}

export interface TargetConnectionOptions {
  /** The caller's own number for it. */
  readonly index: number
  /** Address, endpoint and filled-in values follow from it. */
  readonly identity: ClientIdentity
  readonly channels: readonly string[]
  readonly handlers: TargetConnectionHandlers
}

const tag = emptyTag()
const deadlines = new Deadlines()

/**
 * The connection of a client or publisher to a target. It can be opened again after it ended, and keeps its address, cookies
 * and protocol memory for the whole run.
 */
export class TargetConnection implements Peer, WireHandlers, Waiter {
  readonly memory = new Map<string, string>()
  isReady = false
  /** Belongs to Deadlines. */
  deadlineMicros = 0
  /** The node that this connection reached, as the server names it. */
  node = UNNAMED_NODE
  /** For echo traffic whose answers are acks: messages sent on this connection and not answered yet, by sequence. */
  unanswered: Map<number, Tag> | null = null
  /** The subprotocols of the newest handshake. */
  offered: readonly string[] = []
  #connection: Connection | null = null
  #conversation: Conversation | null = null
  #startedMicros = 0
  #isTooLate = false
  /** Null before the first handshake. */
  #jar: CookieJar | null = null
  /** Of the newest handshake. */
  #origin: CookieOrigin = { host: '', path: '/' }

  constructor(
    readonly context: WorkerContext,
    readonly options: TargetConnectionOptions,
  ) {}

  get id(): string {
    return this.options.identity.id
  }

  get uniqueId(): string {
    return `wsb-${this.context.run.toString(36)}-${this.id}`
  }

  get channels(): readonly string[] {
    return this.options.channels
  }

  get isOpen(): boolean {
    return this.#connection?.isOpen ?? false
  }

  connect(): void {
    const { plan, endpoints, access } = this.context
    const { identity, index } = this.options
    const endpoint = endpoints[identity.index % endpoints.length]!
    const protocol = access!.protocolOf(identity)
    const { path, headers, cookies, subprotocols, offersDeflate } = access!.handshakeOf(
      endpoint,
      identity,
      protocol,
    )
    this.#jar ??= jarWith(cookies)
    this.offered = subprotocols
    this.#origin = { host: endpoint.host, path }
    const cookie = this.#jar.headerFor(this.#origin)
    const localAddress = addressOf(plan.clients.addresses, plan.seed, identity.index)
    this.isReady = false
    this.#isTooLate = false
    this.node = UNNAMED_NODE
    this.unanswered = plan.channels[0]?.via === 'echo' && protocol.answersByAck === true ? new Map() : null
    this.#startedMicros = nowMicros()
    this.#conversation = protocol.start(this)
    this.#connection = new Connection({
      ...endpoint,
      path,
      headers,
      subprotocols,
      offersDeflate,
      ...(localAddress === undefined ? {} : { localAddress }),
      cookie,
      timeoutMs: plan.clients.connectTimeoutMs,
      id: index,
      handlers: this,
    })
  }

  publish(message: Outgoing): boolean {
    return this.isReady && this.#conversation!.publish(message)
  }

  destroy(): void {
    this.#connection?.destroy()
  }

  pause(): void {
    this.#connection?.pause()
  }

  resume(): void {
    this.#connection?.resume()
  }

  /** False if it is not open. */
  ping(): boolean {
    return this.#connection?.ping() === true
  }

  send(frame: string | Uint8Array): boolean {
    return this.#connection?.send(frame) === true
  }

  ready(recovered = false): void {
    if (this.isReady || !this.isOpen) return
    this.isReady = true
    deadlines.disarm(this)
    this.options.handlers.onReady(this, recovered)
  }

  acked(sequence: number): void {
    this.options.handlers.onAck(this, sequence)
  }

  fail(): void {
    this.#connection?.destroy()
  }

  violated(code: 1002 | 1009, reason: string): void {
    this.#connection?.reject(code, reason)
  }

  onOpen(_connection: Connection, head: ResponseHead): void {
    this.#keepCookies(head)
    this.#identify(head)
    this.options.handlers.onOpen(this, head)
    const passedMs = (nowMicros() - this.#startedMicros) / 1000
    deadlines.arm(this, this.context.plan.clients.connectTimeoutMs - passedMs)
    if (this.#conversation?.open) this.#conversation.open()
    else this.ready()
  }

  onText(_connection: Connection, buffer: Buffer, start: number, end: number): void {
    const bytes = buffer.subarray(start, end)
    if (this.#conversation?.stream) {
      this.#conversation.stream(bytes, true)
      return
    }
    if (!this.isReady) this.#identifyBy(bytes)
    if (!this.#takeMessages(bytes)) this.#conversation?.text?.(bytes.toString())
  }

  onBinary(_connection: Connection, buffer: Buffer, start: number, end: number): void {
    const bytes = buffer.subarray(start, end)
    if (this.#conversation?.stream) this.#conversation.stream(bytes, false)
    else this.packet(bytes)
  }

  packet(bytes: Buffer): void {
    if (!this.isReady) this.#identifyBy(bytes)
    if (!this.#takeMessages(bytes)) this.#conversation?.binary?.(bytes)
  }

  onPong(): void {
    this.options.handlers.onPong?.(this)
  }

  /** Called by Deadlines: the handshake succeeded, but `ready` did not follow in time. */
  onDeadline(): void {
    this.#isTooLate = true
    this.destroy()
  }

  onClose(_connection: Connection, code: number): void {
    this.isReady = false
    this.#connection = null
    deadlines.disarm(this)
    this.#conversation?.close?.()
    if (this.#isTooLate) this.options.handlers.onFailure(this, 'not-ready', null)
    else this.options.handlers.onClose(this, code)
  }

  onFailure(_connection: Connection, kind: ConnectFailure, head: ResponseHead | null): void {
    this.#connection = null
    if (head !== null) this.#keepCookies(head)
    this.options.handlers.onFailure(this, kind, head)
  }

  /** A frame may hold several messages. A payload that the server repeats within a frame counts once. */
  #takeMessages(bytes: Buffer): boolean {
    let read = 0
    let publisher = -1
    let sequence = -1
    for (let end = readTag(bytes, 0, tag); end >= 0; end = readTag(bytes, end, tag)) {
      read += 1
      if (tag.publisher === publisher && tag.sequence === sequence) continue
      publisher = tag.publisher
      sequence = tag.sequence
      this.options.handlers.onMessage(this, tag, bytes, end)
    }
    const malformed = countMalformed(bytes, read)
    if (malformed > 0) this.options.handlers.onMalformed?.(this, malformed)
    if (read === 0) return false
    this.#conversation?.message?.(bytes)
    return true
  }

  /** Also those of an answer that refuses, as browsers do. */
  #keepCookies({ setCookies }: ResponseHead): void {
    this.#jar!.store(setCookies, this.#origin)
  }

  #identify(head: ResponseHead): void {
    const node = this.context.plan.target?.node
    if (node?.from === 'header') this.node = lastOf(head.headers.get(node.name)) ?? UNNAMED_NODE
    if (node?.from === 'cookie') this.node = this.#jar!.get(node.name) ?? UNNAMED_NODE
  }

  #identifyBy(bytes: Buffer): void {
    const node = this.context.plan.target?.node
    if (node?.from !== 'message') return
    const name = JSON.stringify(node.name).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const value = new RegExp(`${name}\\s*:\\s*(?:"([^"\\\\]{1,64})"|(-?\\d{1,64})\\b)`).exec(bytes.toString())
    this.node = value?.[1] ?? value?.[2] ?? this.node
  }
}

/** A header that was set at each try or hop is a list, whose last entry answered: nginx's `$upstream_addr` after a retry. */
function lastOf(list: string | undefined): string | undefined {
  return list?.split(',').at(-1)?.trim()
}

function jarWith(cookies: Handshake['cookies']): CookieJar {
  const jar = new CookieJar()
  jar.add(cookies)
  return jar
}
