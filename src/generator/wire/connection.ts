import { MAX_MESSAGE_BYTES } from '../../protocols/reference.js'
import type { ConnectFailure } from '../../results/connect-failures.js'
import { closeCodes, isSendableCode } from './close-codes.js'
import { failureOf, failureWords } from './connect-failure.js'
import { Deadlines } from './deadlines.js'
import { type FrameHandler, FrameParser } from './frame-parser.js'
import { encodeFrame } from './frame-writer.js'
import { buildRequest, createKey, refusalOf, type UpgradeRequest } from './handshake.js'
import { opcodes } from './opcodes.js'
import { COMPRESSED, deflateMessage } from './permessage-deflate.js'
import { MAX_HEAD_BYTES, parseResponseHead, type ResponseHead } from './response-head.js'
import { openSocket, type SocketOwner, type SocketTarget, type WireSocket } from './wire-socket.js'

export interface ConnectionOptions extends UpgradeRequest, SocketTarget {
  readonly tls: SocketTarget['tls']
  /** The caller's own number for the connection. */
  readonly id: number
  /** For TCP connect, TLS and WebSocket handshakes together. */
  readonly timeoutMs: number
  readonly handlers: WireHandlers
}

/** Called back by connections; many may share one object. Buffers are valid only during the call. */
export interface WireHandlers {
  onOpen(connection: Connection, head: ResponseHead): void
  onText(connection: Connection, buffer: Buffer, start: number, end: number): void
  onBinary(connection: Connection, buffer: Buffer, start: number, end: number): void
  onPong?(connection: Connection): void
  /**
   * Called once for a connection that opened, when the peer's Close is received; the socket may stay open for up to
   * CLOSE_DEADLINE_MS longer. `code`: the peer's, or 1005 if it gave none; 1006 if the socket ended without a Close; 1002,
   * 1007 or 1009 if the peer violated the protocol and was closed with that code.
   */
  onClose(connection: Connection, code: number, reason: string): void
  /**
   * Called once for a connection that did not open, when its socket is closed. `head`: of a response that refused it. `words`:
   * what the server said, or which check of its answer failed.
   */
  onFailure(connection: Connection, kind: ConnectFailure, head: ResponseHead | null, words: string): void
}

/** How long a peer may take to answer a Close and to end the socket. */
export const CLOSE_DEADLINE_MS = 2000

const OPENING = 0
const OPEN = 1
/** Our Close is sent and the peer's not yet received, or the socket is being destroyed. */
const CLOSING = 2
/** onClose was called; the socket may still be open. */
const CLOSED = 3

/** What is needed only until the connection opens. */
interface Opening {
  readonly options: ConnectionOptions
  readonly key: string
  /** The part of the response's head received until now. */
  head: Buffer
  failure: ConnectFailure
  words: string
  refusal: ResponseHead | null
}

/** A client's WebSocket over TCP or TLS. The constructor starts to open it; the handlers are called with the outcome. */
export class Connection implements FrameHandler, SocketOwner {
  readonly id: number
  /** Set by Deadlines. */
  deadlineMicros = 0
  /** `destroy` was called. */
  isAborted = false
  private readonly handlers: WireHandlers
  private readonly socket: WireSocket
  private readonly parser = new FrameParser(this, MAX_MESSAGE_BYTES)
  private state = OPENING
  private compresses = false
  private opening: Opening | null

  constructor(options: ConnectionOptions) {
    this.id = options.id
    this.handlers = options.handlers
    this.opening = { options, key: createKey(), head: NOTHING, failure: 'closed', words: '', refusal: null }
    this.socket = openSocket(options, this)
    deadlines.arm(this, options.timeoutMs)
  }

  get isOpen(): boolean {
    return this.state === OPEN
  }

  /** Bytes that the kernel has not taken yet. Until it is 0, buffers given to `sendFrame` must not be changed. */
  get pendingBytes(): number {
    return this.socket.writableLength
  }

  /** Sends a message, compressed if that was negotiated. False if nothing was written because the connection is not open. */
  send(message: string | Uint8Array): boolean {
    if (this.state !== OPEN) return false
    const opcode = typeof message === 'string' ? opcodes.text : opcodes.binary
    return this.sendFrame(
      this.compresses
        ? encodeFrame(COMPRESSED | opcode, deflateMessage(message))
        : encodeFrame(opcode, message),
    )
  }

  /** Sends a complete frame made by `sealFrame` or `encodeFrame`. False as for `send`. */
  sendFrame(frame: Buffer): boolean {
    if (this.state !== OPEN) return false
    this.socket.write(frame)
    return this.socket.errored === null
  }

  /** False as for `send`. */
  ping(): boolean {
    return this.sendFrame(PING)
  }

  /**
   * Starts the closing handshake. `onClose` is called with the peer's answer, or with 1006 after CLOSE_DEADLINE_MS. `reason`
   * has at most 123 bytes.
   */
  close(code: number = closeCodes.normal, reason = ''): void {
    if (this.state === OPENING) this.destroy()
    if (this.state !== OPEN) return
    this.sendClose(code, reason)
    this.state = CLOSING
  }

  /** The peer violated what is spoken over this connection: closed with `code`, as for a violation that the parser finds. */
  reject(code: number, why: string): void {
    this.parser.stop()
    this.onViolation(code, why)
  }

  /** Ends the socket without a Close. `onClose` with 1006, or `onFailure` with `aborted`, follows. */
  destroy(): void {
    this.isAborted = true
    this.abandon('aborted')
  }

  /** Stops reading. What the peer sends, its end included, fills the kernels' buffers and then queues at the peer. */
  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  /** Called by the socket. */
  onConnect(): void {
    const { options, key } = this.opening!
    this.socket.write(buildRequest(options, key), 'latin1')
  }

  /** Called by the socket. */
  onBytes(buffer: Buffer, count: number): void {
    if (this.opening === null) this.parser.feed(buffer, 0, count)
    else this.takeHead(this.opening, buffer.subarray(0, count))
  }

  /** Called by the socket on an error; its end follows. */
  onError(error: Error): void {
    if (this.opening !== null) {
      this.opening.failure = failureOf(error)
      this.opening.words = failureWords(error)
    }
    this.onEnd()
  }

  /** Called by the socket when the peer will send nothing more. */
  onEnd(): void {
    if (this.state === OPEN) this.state = CLOSING
    this.socket.destroy()
  }

  /** Called by the socket when its descriptor is free. */
  onSocketClosed(): void {
    const { state } = this
    deadlines.disarm(this)
    this.state = CLOSED
    this.parser.stop()
    if (state === OPENING) this.fail(this.opening!)
    else if (state !== CLOSED) this.handlers.onClose(this, closeCodes.abnormal, '')
  }

  /** Called by Deadlines: the connection did not open, or not close, in time. */
  onDeadline(): void {
    this.abandon('timeout')
  }

  /** Called by the parser. After our Close only the peer's Close matters. */
  onFrame(opcode: number, buffer: Buffer, start: number, end: number): void {
    if (this.state !== OPEN) return
    if (opcode === opcodes.binary) this.handlers.onBinary(this, buffer, start, end)
    else if (opcode === opcodes.text) this.handlers.onText(this, buffer, start, end)
    else if (opcode === opcodes.ping)
      this.socket.write(encodeFrame(opcodes.pong, buffer.subarray(start, end)))
    else if (opcode === opcodes.pong) this.handlers.onPong?.(this)
  }

  /** Called by the parser. */
  onCloseFrame(code: number, reason: string): void {
    if (this.state === OPEN) this.sendClose(code, '')
    this.conclude(code, reason)
  }

  /** Called by the parser. */
  onViolation(code: number, why: string): void {
    if (this.state === OPEN) this.sendClose(code, why)
    this.conclude(code, why)
  }

  private conclude(code: number, reason: string): void {
    this.state = CLOSED
    this.handlers.onClose(this, code, reason)
  }

  /** The peer then has CLOSE_DEADLINE_MS to answer and to end the socket, as RFC 6455 §7.1.1 says it should. */
  private sendClose(code: number, reason: string): void {
    this.socket.write(encodeFrame(opcodes.close, closePayload(code, reason)))
    deadlines.arm(this, CLOSE_DEADLINE_MS)
  }

  private takeHead(opening: Opening, bytes: Buffer): void {
    const received = opening.head.length === 0 ? bytes : Buffer.concat([opening.head, bytes])
    const end = received.indexOf('\r\n\r\n', 0, 'latin1')
    if (end > MAX_HEAD_BYTES || (end < 0 && received.length > MAX_HEAD_BYTES))
      this.abandon('bad-handshake', `a head of more than ${MAX_HEAD_BYTES} bytes`)
    else if (end < 0) opening.head = Buffer.from(received)
    else this.answer(opening, received, end)
  }

  private answer(opening: Opening, received: Buffer, endOfHead: number): void {
    const head = parseResponseHead(received.toString('latin1', 0, endOfHead))
    if (head === null) {
      this.abandon('bad-handshake', `no HTTP response: ${received.toString('latin1', 0, MAX_BODY_BYTES)}`)
      return
    }
    const bodyStart = endOfHead + END_OF_HEAD_BYTES
    const refusal = refusalOf(head, opening.key, opening.options)
    if (refusal === null) this.open(head, received, bodyStart)
    else {
      opening.refusal = head
      const body = refusalBody(head, received, bodyStart)
      // The body often repeats the status line.
      const parts = refusal.words.startsWith(body) ? [refusal.words] : [refusal.words, body]
      this.abandon(refusal.kind, parts.filter((part) => part !== '').join('; '))
    }
  }

  /** `start`: where in `received` the first frame may begin. */
  private open(head: ResponseHead, received: Buffer, start: number): void {
    deadlines.disarm(this)
    this.state = OPEN
    this.opening = null
    if (head.headers.has('sec-websocket-extensions')) {
      this.compresses = true
      this.parser.expectCompressed()
    }
    this.handlers.onOpen(this, head)
    this.parser.feed(received, start, received.length)
  }

  private fail({ failure, refusal, words }: Opening): void {
    this.handlers.onFailure(this, failure, refusal, words)
  }

  private abandon(failure: ConnectFailure, words = ''): void {
    if (this.opening !== null) {
      this.opening.failure = failure
      this.opening.words = words
    }
    this.parser.stop()
    this.onEnd()
  }
}

const deadlines = new Deadlines()
/** The same bytes for every ping: an empty payload needs no mask of its own. */
const PING = encodeFrame(opcodes.ping, '')
const NOTHING = Buffer.alloc(0)
const END_OF_HEAD_BYTES = 4
/** Of what refused a handshake. */
const MAX_BODY_BYTES = 1_024

/** What came of the body with the head of a refusal, if it is text. A page for browsers only repeats the status. */
function refusalBody({ status, headers }: ResponseHead, received: Buffer, start: number): string {
  const isText = /^(?:text\/|application\/(?:[\w.-]+\+)?json\b)/i.test(headers.get('content-type') ?? '')
  if (status === 101 || !isText || headers.has('transfer-encoding')) return ''
  const body = received.toString('utf8', start, Math.min(received.length, start + MAX_BODY_BYTES)).trim()
  return body.startsWith('<') ? '' : body
}

function closePayload(code: number, reason: string): Buffer {
  if (code === closeCodes.noStatus) return NOTHING
  if (!isSendableCode(code)) throw new RangeError(`close code ${code} must not be sent`)
  const payload = Buffer.allocUnsafe(2 + Buffer.byteLength(reason))
  if (payload.length > 125)
    throw new RangeError(`close reason of ${payload.length - 2} bytes: 123 are allowed`)
  payload.writeUInt16BE(code)
  payload.write(reason, 2)
  return payload
}
