import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { NodeControl } from '../../src/protocols/reference.js'
import type { Burst } from '../burst.js'
import { closeCodes } from './close-codes.js'
import type { Counters } from './counters.js'

/** How long a client that fell behind has to take its backlog and the Close behind it. */
const OVERRUN_GRACE_MS = 1_000

/** What a channel's member is sent; `offset` as in the message's header. */
export interface RoomFrame {
  readonly bytes: Buffer
  readonly channel: number
  readonly offset: number
}

/** One connected client: the `ws` object for the protocol, its raw socket for frames made once for many. */
export class Client {
  /** Channels it is subscribed to. */
  readonly channels = new Set<number>()
  readonly websocket: WebSocket
  readonly #socket: Socket
  readonly #maxBacklogBytes: number
  readonly #counters: Counters
  /** Messages of its rooms that wait for its subscription to be confirmed; null: none have to. */
  #held: RoomFrame[] | null = null
  #heldBytes = 0
  /** Subscriptions that are not yet confirmed. */
  #holds = 0
  /** By channel, the offset up to which it has everything, until something newer comes live; null: nothing to know. */
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

  /** False from the moment a Close was sent or received: no data may follow it. */
  get isOpen(): boolean {
    return this.websocket.readyState === WebSocket.OPEN
  }

  /** Messages of its rooms wait from now on, until each `hold` has had its `release`. */
  hold(): void {
    this.#holds += 1
    this.#held ??= []
  }

  /** Sends what waited, but for what it has already: up to the `known` offset of each channel. */
  release(known: ReadonlyMap<number, number>): void {
    if (known.size > 0) this.#known = new Map([...(this.#known ?? []), ...known])
    this.#holds -= 1
    if (this.#holds > 0) return
    const held = this.#held ?? []
    this.#held = null
    this.#heldBytes = 0
    for (const frame of held) this.deliver(frame)
  }

  /** The store was lost and begun anew: offsets mean something else. */
  forgetKnown(): void {
    this.#known = null
  }

  /** A message of one of its rooms. False: it was not sent. */
  deliver(frame: RoomFrame): boolean {
    if (this.#held !== null) return this.#keep(this.#held, frame)
    if (this.#known !== null && this.#has(this.#known, frame)) return false
    return this.write(frame.bytes)
  }

  /** Writes one finished frame, whole and in order with what `ws` itself sends. False: nothing was written. */
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

  #keep(held: RoomFrame[], frame: RoomFrame): boolean {
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

  #has(known: Map<number, number>, { channel, offset }: RoomFrame): boolean {
    const last = known.get(channel)
    if (last === undefined) return false
    if (offset <= last) return true
    known.delete(channel)
    if (known.size === 0) this.#known = null
    return false
  }

  /** Whether it may be sent something. One that asks and never reads is cut off as one that only does not read. */
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
