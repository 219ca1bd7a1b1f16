import { z } from 'zod'
import type { ProtocolKind } from './kind.js'
import type { Conversation, Outgoing, Peer } from './protocol.js'
import { readJson } from './read-json.js'
import { template, text, yes } from './settings.js'
import { fill, type Template } from './template.js'

interface SocketIoOptions {
  readonly subscribe: SocketIoEvent
  readonly publish: SocketIoEvent
  /** Sent with CONNECT; strings may hold `{client}`. */
  readonly auth: Template
  /** Ask for connection state recovery on a reconnect. */
  readonly recover: boolean
}

interface SocketIoEvent {
  readonly event: string
  /** Arguments; `{channel}` and `{payload}` are filled in. */
  readonly args: readonly Template[]
  /**
   * ack: the handler calls its callback. probe: the event is followed by a CONNECT to a namespace that does not exist; the
   * server handles packets in order, so the refusal means that the event was handled. none: no confirmation.
   */
  readonly confirm: 'ack' | 'probe' | 'none'
}

interface EngineOpen {
  readonly pingInterval?: unknown
  readonly pingTimeout?: unknown
}

/** Prefixes of text frames: packet types of Engine.IO 4, then of Socket.IO 5. */
const ENGINE_OPEN = '0'
const ENGINE_PING = '2'
const PONG = '3'
const CONNECT = '40'
const DISCONNECT = '41'
const EVENT = '42'
const ACK = '43'
const CONNECT_ERROR = '44'
/** A namespace that no server has. */
const PROBE = '/wsbench-probe-'

const eventFields = (event: string, args: readonly Template[]) =>
  z
    .strictObject({
      event: text.default(event),
      args: z
        .array(template, { error: 'expected a list' })
        .default([...args])
        .describe('{channel}, {payload}'),
      confirm: z
        .enum(['ack', 'probe', 'none'])
        .default('probe')
        .describe('ack: the handler calls back; probe: an unknown namespace is refused after it; none'),
    })
    .prefault({})

/**
 * Socket.IO 4 over the WebSocket transport only, with the default namespace and text packets:
 * https://socket.io/docs/v4/socket-io-protocol/ (decision 25 says why socket.io-parser is not used).
 */
export const socketIo: ProtocolKind<SocketIoOptions> = {
  summary: 'Socket.IO 4, default namespace, WebSocket transport',
  options: z.strictObject({
    subscribe: eventFields('join-room', ['{channel}']),
    publish: eventFields('send-message', [{ roomId: '{channel}', message: '{payload}' }]),
    auth: template.default({}).describe('sent with CONNECT; {client}, {env:NAME}'),
    recover: yes.default(true).describe('ask for missed messages on a reconnect'),
  }),
  decisive: { subscribe: ['auth', 'subscribe'], publish: ['publish'] },
  placeholders: { subscribe: ['channel'], publish: ['channel', 'payload'] },
  create: (options) => ({
    query: { EIO: '4', transport: 'websocket' },
    answersByAck: options.publish.confirm === 'ack',
    start: (peer) => new SocketIoConversation(options, peer),
  }),
}

class SocketIoConversation implements Conversation {
  #isConnected = false
  #nextId = 0
  #isReady = false
  #subscriptionsLeft = 0
  #silenceTimer: NodeJS.Timeout | undefined
  /** By id of an ack or probe: called when the server answers. */
  readonly #awaited = new Map<number, () => void>()

  constructor(
    readonly options: SocketIoOptions,
    readonly peer: Peer,
  ) {}

  /** The server speaks first. */
  open(): void {}

  text(text: string): void {
    if (text === ENGINE_PING) this.#onPing()
    else if (text.startsWith(ENGINE_OPEN)) this.#onOpen(parse(text.slice(ENGINE_OPEN.length)))
    else if (text.startsWith(ACK)) this.#settle(Number.parseInt(text.slice(ACK.length), 10))
    else if (isProbeAnswer(text)) this.#settle(Number.parseInt(text.slice(CONNECT.length + PROBE.length), 10))
    else if (text.startsWith(CONNECT)) this.#onConnect(parse(text.slice(CONNECT.length)))
    else if (text.startsWith(CONNECT_ERROR)) this.peer.fail(connectError(text.slice(CONNECT_ERROR.length)))
    else if (text.startsWith(DISCONNECT)) this.peer.fail('DISCONNECT')
  }

  /** An ack may contain messages. If the server supports recovery, the last argument of an event is its offset. */
  message(bytes: Buffer): void {
    if (bytes[0] === 0x34 && bytes[1] === 0x33) this.text(bytes.toString())
    if (!this.options.recover || !this.peer.memory.has('pid')) return
    const start = bytes.lastIndexOf(',"')
    const isEvent = bytes[0] === 0x34 && bytes[1] === 0x32 && bytes.at(-1) === 0x5d && bytes.at(-2) === 0x22
    if (isEvent && start > 0)
      this.peer.memory.set('offset', bytes.toString('latin1', start + 2, bytes.length - 2))
  }

  publish({ channel, payload, sequence }: Outgoing): boolean {
    if (!this.#isConnected) return false
    return this.#emit(this.options.publish, { channel, payload }, () => this.peer.acked(sequence))
  }

  close(): void {
    clearTimeout(this.#silenceTimer)
  }

  /** The server says how often it pings; if it stops, the connection is ended, as by the official client. */
  #onOpen({ pingInterval, pingTimeout }: EngineOpen): void {
    if (typeof pingInterval === 'number' && typeof pingTimeout === 'number') {
      clearTimeout(this.#silenceTimer)
      this.#silenceTimer = setTimeout(
        () => this.peer.fail('no ping of the server in time'),
        pingInterval + pingTimeout,
      ).unref()
    }
    this.#connect()
  }

  #onPing(): void {
    this.#silenceTimer?.refresh()
    this.peer.send(PONG)
  }

  #connect(): void {
    const { memory } = this.peer
    const auth = fill(this.options.auth, { client: this.peer.id })
    const pid = memory.get('pid')
    const resume = pid === undefined ? {} : { pid, offset: memory.get('offset') }
    const payload = { ...(auth as Record<string, Template>), ...resume }
    this.peer.send(CONNECT + (Object.keys(payload).length === 0 ? '' : JSON.stringify(payload)))
  }

  #onConnect(data: { readonly pid?: unknown }): void {
    this.#isConnected = true
    const { memory, channels } = this.peer
    const pid = typeof data.pid === 'string' && this.options.recover ? data.pid : undefined
    const isRecovered = pid !== undefined && memory.get('pid') === pid
    if (pid === undefined || !isRecovered) memory.clear()
    if (pid !== undefined) memory.set('pid', pid)
    if (isRecovered || channels.length === 0) this.peer.ready(isRecovered)
    else this.#subscribe(channels)
  }

  #subscribe(channels: readonly string[]): void {
    this.#subscriptionsLeft = channels.length
    for (const channel of channels) {
      const isSilent = this.options.subscribe.confirm === 'none'
      this.#emit(this.options.subscribe, { channel }, () => this.#subscribed())
      if (isSilent) this.#subscribed()
    }
  }

  #subscribed(): void {
    this.#subscriptionsLeft -= 1
    if (this.#subscriptionsLeft > 0 || this.#isReady) return
    this.#isReady = true
    this.peer.ready(false)
  }

  #emit(
    { event, args, confirm }: SocketIoEvent,
    values: Readonly<Record<string, string>>,
    onConfirmed: () => void,
  ): boolean {
    const id = this.#nextId
    this.#nextId += 1
    const body = JSON.stringify([event, ...args.map((argument) => fill(argument, values))])
    if (confirm !== 'none') this.#awaited.set(id, onConfirmed)
    if (!this.peer.send(`${EVENT}${confirm === 'ack' ? id : ''}${body}`)) return false
    if (confirm === 'probe') this.peer.send(`${CONNECT}${PROBE}${id},`)
    return true
  }

  #settle(id: number): void {
    const onConfirmed = this.#awaited.get(id)
    this.#awaited.delete(id)
    onConfirmed?.()
  }
}

/** The probe was refused, as expected, or accepted by a server that allows any namespace. */
function isProbeAnswer(text: string): boolean {
  return (
    (text.startsWith(CONNECT) || text.startsWith(CONNECT_ERROR)) && text.startsWith(PROBE, CONNECT.length)
  )
}

/** `CONNECT_ERROR: token expired`, with the data that the server added. */
function connectError(text: string): string {
  const { message, data } = readJson<{ message: unknown; data: unknown }>(text) ?? {}
  if (typeof message !== 'string') return `CONNECT_ERROR: ${text}`
  return `CONNECT_ERROR: ${message}${data === undefined ? '' : ` ${JSON.stringify(data)}`}`
}

function parse(text: string): EngineOpen & { readonly pid?: unknown } {
  return readJson<EngineOpen & { readonly pid?: unknown }>(text) ?? {}
}
