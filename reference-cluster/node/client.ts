import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { NodeControl } from '../../src/protocols/reference.js'
import type { Burst } from '../burst.js'
import { closeCodes } from './close-codes.js'
import type { Counters } from './counters.js'

/** How long a client that is too far behind has to read its backlog and the Close after it. */
const OVERRUN_GRACE_MS = 1_000

/** A message framed for the members of a channel; `offset` is that of the message's header. */
export interface ChannelFrame {
  readonly bytes: Buffer
  readonly channel: number
  readonly offset: number
}

/** One connected client: a `ws` object for the protocol, and its raw socket for frames that are made once for many clients. */
export class Client {
  /** Channels it is subscribed to. */
  readonly channels = new Set<number>()
  readonly websocket: WebSocket
  readonly #socket: Socket
  readonly #maxBacklogBytes: number
  readonly #counters: Counters
  /** Messages that wait until its subscription is confirmed; null: messages are sent at once. */
  #held: ChannelFrame[] | null = null
  #heldBytes = 0
  /** Subscriptions that are not yet confirmed. */
  #holds = 0
  /** By channel: the offset up to which it has every message, until a newer one arrives live; null: none known. */
  #known: Map<number, number> | null = null
  readonly #burst: Burst

  constructor(
    websocket: WebSocket,
    socket: Socket,
    maxBacklogBytes: number,
    counters: Counters,
    burst: Burst,
  ) {
    this.websocket = websocket
    this.#socket = socket
    this.#maxBacklogBytes = maxBacklogBytes
    this.#counters = counters
    this.#burst = burst
  }

  /** False once a Close was sent or received: no data may follow it. */
  get isOpen(): boolean {
    return this.websocket.readyState === WebSocket.OPEN
  }

  /** From now on messages wait, until `release` has been called once for each `hold`. */
  hold(): void {
    this.#holds += 1
    this.#held ??= []
  }

  /** Sends the messages that waited, except those the client has already: up to the `known` offset of each channel. */
  release(known: ReadonlyMap<number, number>): void {
    if (known.size > 0) this.#known = new Map([...(this.#known ?? []), ...known])
    this.#holds -= 1
    if (this.#holds > 0) return
    const held = this.#held ?? []
    this.#held = null
    this.#heldBytes = 0
    for (const frame of held) this.deliver(frame)
  }

  /** Call when the store was lost and created again: offsets start over. */
  forgetKnown(): void {
    this.#known = null
  }

  /** A message of one of its channels. False: it was not sent. */
  deliver(frame: ChannelFrame): boolean {
    if (this.#held !== null) return this.#keep(this.#held, frame)
    if (this.#known !== null && this.#has(this.#known, frame)) return false
    return this.write(frame.bytes)
  }

  /** Writes one complete frame, in order with the frames that `ws` itself sends. False: nothing was written. */
  write(frame: Buffer): boolean {
    if (!this.#hasRoom()) return false
    this.#burst.write(this.#socket, frame)
    return true
  }

  tell(control: NodeControl): void {
    if (this.#hasRoom()) this.websocket.send(JSON.stringify(control))
  }

  /** Answers a ping. */
  pong(payload: Buffer): void {
    if (this.#hasRoom()) this.websocket.pong(payload)
  }

  close(code: number, reason: string): void {
    this.websocket.close(code, reason)
  }

  #keep(held: ChannelFrame[], frame: ChannelFrame): boolean {
    if (!this.isOpen) return false
    this.#heldBytes += frame.bytes.length
    if (this.#heldBytes > this.#maxBacklogBytes) {
      this.#held = []
      this.#heldBytes = 0
      this.#overrun()
      return false
    }
    held.push(frame)
    return true
  }

  #has(known: Map<number, number>, { channel, offset }: ChannelFrame): boolean {
    const last = known.get(channel)
    if (last === undefined) return false
    if (offset <= last) return true
    known.delete(channel)
    if (known.size === 0) this.#known = null
    return false
  }

  /** Whether anything may be sent to it. A client that sends requests but never reads is disconnected as well. */
  #hasRoom(): boolean {
    if (!this.isOpen) return false
    if (this.#socket.writableLength <= this.#maxBacklogBytes) return true
    this.#overrun()
    return false
  }

  #overrun(): void {
    this.#counters.backlogDisconnects += 1
    this.close(closeCodes.tryAgainLater, 'too far behind')
    setTimeout(() => this.websocket.terminate(), OVERRUN_GRACE_MS).unref()
  }
}
