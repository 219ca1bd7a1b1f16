import { nowMicros } from '../../base/clock.js'
import { addressOf } from '../../plan/address.js'
import type { Conversation, Outgoing, Peer } from '../../protocols/protocol.js'
import { emptyTag, readTag, type Tag } from '../../protocols/tag.js'
import type { ConnectFailure } from '../../results/connect-failures.js'
import { CookieJar } from '../cookie-jar.js'
import { PING } from '../heartbeats.js'
import { UNNAMED_NODE } from '../node-names.js'
import { Connection, type WireHandlers } from '../wire/connection.js'
import { Deadlines, type Waiter } from '../wire/deadlines.js'
import type { ResponseHead } from '../wire/response-head.js'
import type { WorkerContext } from '../worker-context.js'
import type { ValueOwner } from './values.js'

/** Whom a link tells what becomes of it. */
export interface LinkOwner {
  onLinkOpen(link: TargetLink, head: ResponseHead): void
  onLinkReady(link: TargetLink, isRecovered: boolean): void
  /** A message of whatever run; `tag` is valid only during the call. */
  onLinkMessage(link: TargetLink, tag: Tag): void
  onLinkAck(link: TargetLink, sequence: number): void
  onLinkPong?(link: TargetLink): void
  onLinkClosed(link: TargetLink, code: number): void
  /** It never opened, or (`not-ready`) was open, but did not get ready in time. */
  onLinkFailed(link: TargetLink, kind: ConnectFailure, head: ResponseHead | null): void
}

export interface LinkOptions {
  /** The owner's own number for it. */
  readonly index: number
  readonly whose: ValueOwner
  /** Counted through clients and publishers: which address and endpoint it has. */
  readonly place: number
  readonly channels: readonly string[]
  readonly owner: LinkOwner
}

const tag = emptyTag()
const deadlines = new Deadlines()

/** A virtual client's way to a target: one connection at a time, with the cookies, address and memory it has for life. */
export class TargetLink implements Peer, WireHandlers, Waiter {
  readonly memory = new Map<string, string>()
  isReady = false
  /** Belongs to Deadlines. */
  deadlineMicros = 0
  /** What the server calls the node that this connection is on. */
  node = UNNAMED_NODE
  /** Of echo traffic whose answers are acks: what was sent on this connection and not answered yet, by sequence. */
  unanswered: Map<number, Tag> | null = null
  #connection: Connection | null = null
  #conversation: Conversation | null = null
  #startedMicros = 0
  #isTooLate = false
  readonly #jar = new CookieJar()

  constructor(
    readonly context: WorkerContext,
    readonly options: LinkOptions,
  ) {}

  get id(): string {
    return this.options.whose.id
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
    const { place, whose, index } = this.options
    const endpoint = endpoints[place % endpoints.length]!
    const protocol = access!.protocolOf(whose)
    const { path, headers, cookies, subprotocols, offersDeflate } = access!.handshakeOf(
      endpoint,
      whose,
      protocol,
    )
    const cookie = [cookies, this.#jar.header ?? ''].filter((text) => text !== '').join('; ')
    const localAddress = addressOf(plan.clients.addresses, plan.seed, place)
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
      ...(cookie === '' ? {} : { cookie }),
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

  /** False where there is no open connection to ping on. */
  ping(): boolean {
    return this.#connection?.sendFrame(PING) === true
  }

  send(frame: string | Uint8Array): boolean {
    return this.#connection?.send(frame) === true
  }

  ready(recovered = false): void {
    if (this.isReady || !this.isOpen) return
    this.isReady = true
    deadlines.disarm(this)
    this.options.owner.onLinkReady(this, recovered)
  }

  acked(sequence: number): void {
    this.options.owner.onLinkAck(this, sequence)
  }

  fail(): void {
    this.#connection?.destroy()
  }

  onOpen(_connection: Connection, head: ResponseHead): void {
    this.#jar.store(head.setCookies)
    this.#identify(head)
    this.options.owner.onLinkOpen(this, head)
    const passedMs = (nowMicros() - this.#startedMicros) / 1000
    deadlines.arm(this, this.context.plan.clients.connectTimeoutMs - passedMs)
    if (this.#conversation?.open) this.#conversation.open()
    else this.ready()
  }

  onText(_connection: Connection, buffer: Buffer, start: number, end: number): void {
    const bytes = buffer.subarray(start, end)
    if (!this.isReady) this.#identifyBy(bytes)
    if (!this.#takeMessages(bytes)) this.#conversation?.text?.(bytes.toString())
  }

  onBinary(_connection: Connection, buffer: Buffer, start: number, end: number): void {
    const bytes = buffer.subarray(start, end)
    if (!this.isReady) this.#identifyBy(bytes)
    if (!this.#takeMessages(bytes)) this.#conversation?.binary?.(bytes)
  }

  onPong(): void {
    this.options.owner.onLinkPong?.(this)
  }

  /** Called by Deadlines: the handshake was answered in time, and `ready` did not follow. */
  onDeadline(): void {
    this.#isTooLate = true
    this.destroy()
  }

  onClose(_connection: Connection, code: number): void {
    this.isReady = false
    this.#connection = null
    deadlines.disarm(this)
    this.#conversation?.close?.()
    if (this.#isTooLate) this.options.owner.onLinkFailed(this, 'not-ready', null)
    else this.options.owner.onLinkClosed(this, code)
  }

  onFailure(_connection: Connection, kind: ConnectFailure, head: ResponseHead | null): void {
    this.#connection = null
    this.options.owner.onLinkFailed(this, kind, head)
  }

  /** A frame may hold several; a server that repeats one's payload within a frame has sent it once. */
  #takeMessages(bytes: Buffer): boolean {
    let end = readTag(bytes, 0, tag)
    if (end < 0) return false
    let publisher = -1
    let sequence = -1
    for (; end >= 0; end = readTag(bytes, end, tag)) {
      if (tag.publisher === publisher && tag.sequence === sequence) continue
      publisher = tag.publisher
      sequence = tag.sequence
      this.options.owner.onLinkMessage(this, tag)
    }
    this.#conversation?.message?.(bytes)
    return true
  }

  #identify(head: ResponseHead): void {
    const node = this.context.plan.target?.node
    if (node?.from === 'header') this.node = head.headers.get(node.name) ?? UNNAMED_NODE
    if (node?.from === 'cookie') this.node = this.#jar.get(node.name) ?? UNNAMED_NODE
  }

  #identifyBy(bytes: Buffer): void {
    const node = this.context.plan.target?.node
    if (node?.from !== 'message') return
    const name = JSON.stringify(node.name).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    this.node = new RegExp(`${name}\\s*:\\s*"([^"\\\\]{1,64})"`).exec(bytes.toString())?.[1] ?? this.node
  }
}
