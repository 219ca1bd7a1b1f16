import type { Socket } from 'node:net'

/** A socket with more bytes than this is written at once; otherwise its peer would look slow. */
const MOST_HELD_BYTES = 65_536

/**
 * Saves system calls when several messages are sent in one turn of the event loop: the first is written at once, the
 * others wait for the end of the turn and then go out in one write per socket.
 */
export class Burst {
  #messages = 0
  #corked: Socket[] = []

  /** Call before each message is written to its receivers. */
  message(): void {
    if (this.#messages === 0) process.nextTick(() => this.#end())
    this.#messages += 1
  }

  write(socket: Socket, bytes: Buffer): void {
    if (this.#messages > 1 && socket.writableCorked === 0) {
      socket.cork()
      this.#corked.push(socket)
    }
    socket.write(bytes)
    if (socket.writableCorked > 0 && socket.writableLength > MOST_HELD_BYTES) socket.uncork()
  }

  #end(): void {
    this.#messages = 0
    const corked = this.#corked
    this.#corked = []
    for (const socket of corked) socket.uncork()
  }
}
