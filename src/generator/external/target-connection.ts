import { nowMicros } from '../../base/clock.js'
import { addressOf } from '../../plan/address.js'
import type { Conversation, Outgoing, Peer } from '../../protocols/protocol.js'
import { countMalformed, emptyTag, readTag, type Tag } from '../../protocols/tag.js'
import type { ConnectFailure } from '../../results/connect-failures.js'
import type { Ending } from '../connection-counters.js'
import { CookieJar, type CookieOrigin } from '../cookie-jar.js'
import { endpointAt } from '../endpoint-at.js'
import type { Ledger } from '../ledger.js'
import { UNNAMED_NODE } from '../node-names.js'
import { isOrdinaryCode } from '../wire/close-codes.js'
import { Connection, type WireHandlers } from '../wire/connection.js'
import { Deadlines, type Waiter } from '../wire/deadlines.js'
import type { ResponseHead } from '../wire/response-head.js'
import type { WorkerContext } from '../worker-context.js'
import { remembered } from './filled.js'
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
  onRefused(connection: TargetConnection, sequence: number, words: string): void
  onPong?(connection: TargetConnection): void
  /** It did not open, or it opened and ended. */
  onEnd(connection: TargetConnection, ending: Ending, head: ResponseHead | null): void
}

export interface TargetConnectionOptions {
  /** The caller's own number for it. */
  readonly index: number
  /** Address, endpoint and filled-in values follow from it. */
  readonly identity: ClientIdentity
  readonly channels: readonly string[]
  /** Channels that it publishes to. */
  readonly publishes: readonly string[]
  readonly handlers: TargetConnectionHandlers
}

/** A member that publishes to one of its channels. `index`: the publisher's in the whole plan. */
export interface Member {
  readonly index: number
  readonly ledger: Ledger
}

/** Of what the server said before it was clear that the client can't subscribe. */
const MAX_HEARD_BYTES = 16_384
const NOTHING = Buffer.alloc(0)

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
  /** Publishers that send on this connection because they are members, by ascending channel. */
  readonly members: Member[] = []
  /** Of echo traffic: where a refused message is recorded. */
  echoLedger: Ledger | null = null
  #connection: Connection | null = null
  #conversation: Conversation | null = null
  #startedMicros = 0
  /** How many handshakes failed: the next one goes to another address of the host. */
  #turn = 0
  /** What ended it, once that is known. */
  #refusal: Ending['refusal'] = null
  /** The frame that is being read; before it is ready, the last one without a message. */
  #heard: Buffer = NOTHING
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

  get publishes(): readonly string[] {
    return this.options.publishes
  }

  get isOpen(): boolean {
    return this.#connection?.isOpen ?? false
  }

  connect(): void {
    const { plan, endpoints, access } = this.context
    const { identity, index } = this.options
    const endpoint = endpointAt(endpoints, identity.index, this.#turn)
    const protocol = access!.protocolOf(identity)
    const { path, headers, cookies, subprotocols, offersDeflate } = access!.handshakeOf(endpoint, identity, {
      protocol,
      channel: this.channels[0] ?? this.publishes[0] ?? '',
    })
    this.#jar ??= jarWith(cookies)
    this.#origin = { host: endpoint.host, path }
    const cookie = this.#jar.headerFor(this.#origin)
    const localAddress = addressOf(plan.clients.addresses, plan.seed, identity.index)
    this.isReady = false
    this.#refusal = null
    this.#heard = NOTHING
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

  /** With a closing handshake. */
  close(): void {
    this.#connection?.close()
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

  refused(sequence: number, words = wordsIn(this.#heard)): void {
    this.options.handlers.onRefused(this, sequence, words)
  }

  fail(words = wordsIn(this.#heard)): void {
    this.#refusal ??= { kind: 'rejected', words }
    this.destroy()
  }

  conceal(value: string): void {
    remembered(value)
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
    if (this.#takeMessages(bytes)) return
    this.#heard = bytes
    this.#conversation?.text?.(bytes.toString())
    this.#keepHeard()
  }

  onBinary(_connection: Connection, buffer: Buffer, start: number, end: number): void {
    const bytes = buffer.subarray(start, end)
    if (this.#conversation?.stream) this.#conversation.stream(bytes, false)
    else this.packet(bytes)
  }

  packet(bytes: Buffer): void {
    if (!this.isReady) this.#identifyBy(bytes)
    if (this.#takeMessages(bytes)) return
    this.#heard = bytes
    this.#conversation?.binary?.(bytes)
    this.#keepHeard()
  }

  onPong(): void {
    this.options.handlers.onPong?.(this)
  }

  /** Called by Deadlines: the handshake succeeded, but `ready` did not follow in time. */
  onDeadline(): void {
    this.#refusal ??= { kind: 'not-ready', words: wordsIn(this.#heard) }
    this.destroy()
  }

  onClose({ isAborted }: Connection, code: number, reason: string): void {
    const wasReady = this.isReady
    this.isReady = false
    this.#connection = null
    deadlines.disarm(this)
    this.#conversation?.close?.()
    const isError = !isAborted && (!wasReady || !isOrdinaryCode(code))
    const closed = isError ? { kind: `close-${code}` as const, words: reason || wordsIn(this.#heard) } : null
    this.options.handlers.onEnd(this, { code, wasReady, refusal: this.#refusal ?? closed }, null)
  }

  onFailure(_connection: Connection, kind: ConnectFailure, head: ResponseHead | null, words: string): void {
    this.#connection = null
    this.#turn += 1
    if (head !== null) this.#keepCookies(head)
    this.options.handlers.onEnd(this, { code: null, wasReady: false, refusal: { kind, words } }, head)
  }

  /** The frame is valid only while it is read. */
  #keepHeard(): void {
    this.#heard = this.isReady ? NOTHING : Buffer.from(this.#heard.subarray(0, MAX_HEARD_BYTES))
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
    if (node?.from === 'header') this.node = nameIn(lastOf(head.headers.get(node.name)))
    if (node?.from === 'cookie') this.node = nameIn(this.#jar!.get(node.name))
  }

  #identifyBy(bytes: Buffer): void {
    const node = this.context.plan.target?.node
    if (node?.from !== 'message') return
    const name = JSON.stringify(node.name).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const value = new RegExp(`${name}\\s*:\\s*(?:"([^"\\\\]+)"|(-?\\d+)\\b)`).exec(bytes.toString())
    if (value !== null) this.node = nameIn(value[1] ?? value[2])
  }
}

/** Names of hosts and pods have up to 253 characters. */
const MAX_NODE_NAME = 256

/** A frame as words: none if it is no text. */
function wordsIn(frame: Buffer): string {
  const text = frame.toString('utf8', 0, MAX_HEARD_BYTES)
  return /[^\P{Cc}\s]|\uFFFD/u.test(text) ? '' : text.trim()
}

/** A header that was set at each try or hop is a list, whose last entry answered: nginx's `$upstream_addr` after a retry. */
function lastOf(list: string | undefined): string | undefined {
  return list?.split(/,| : /).at(-1)?.trim()
}

function nameIn(value = ''): string {
  return value.slice(0, MAX_NODE_NAME) || UNNAMED_NODE
}

function jarWith(cookies: Handshake['cookies']): CookieJar {
  const jar = new CookieJar()
  jar.add(cookies)
  return jar
}
