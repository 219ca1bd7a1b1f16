import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Burst } from '../burst.js'
import type { Counters } from './counters.js'

/** Close codes a node uses (RFC 6455 §7.4.1 and the IANA registry). */
export const closeCodes = { goingAway: 1001, policyViolation: 1008, tryAgainLater: 1013 } as const

/** How long a client that fell behind has to take its backlog and the Close behind it. */
const OVERRUN_GRACE_MS = 1_000

/** One connected client: the `ws` object for the protocol, its raw socket for frames made once for many. */
export class Client {
  /** Channels it is subscribed to. */
  readonly channels = new Set<number>()
  readonly websocket: WebSocket
  readonly #socket: Socket
  readonly #maxBacklogBytes: number
  readonly #counters: Counters
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

  /** Writes one finished frame, whole and in order with what `ws` itself sends. False: nothing was written. */
  write(frame: Buffer): boolean {
    if (!this.isOpen) return false
    if (this.#socket.writableLength > this.#maxBacklogBytes) {
      this.#overrun()
      return false
    }
    this.#burst.write(this.#socket, frame)
    return true
  }

  close(code: number, reason: string): void {
    this.websocket.close(code, reason)
  }

  #overrun(): void {
    this.#counters.backlogDisconnects += 1
    this.close(closeCodes.tryAgainLater, 'too far behind')
    setTimeout(() => this.websocket.terminate(), OVERRUN_GRACE_MS).unref()
  }
}
