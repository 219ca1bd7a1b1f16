import type { Socket } from 'node:net'
import type { Shaper } from './shaper.js'

/** Most bytes on a slow path before its sender has to wait. */
const MAX_HELD_BYTES = 16 * 1024 * 1024

interface Held {
  readonly dueMs: number
  /** null: the sender has ended. */
  readonly chunk: Buffer | null
}

/**
 * One direction of a connection: bytes of `from` reach `to` when the shaper lets them, in order.
 *
 *     from ──▶ held, each with its time ──▶ to
 */
export class Flow {
  readonly #held: Held[] = []
  #heldBytes = 0
  #isBlocked = false
  #timer: NodeJS.Timeout | undefined

  constructor(
    readonly from: Socket,
    readonly to: Socket,
    readonly shaper: Shaper,
  ) {
    from.on('data', (chunk: Buffer) => this.#hold(chunk))
    from.on('end', () => this.#hold(null))
    to.on('drain', () => {
      this.#isBlocked = false
      this.move()
    })
  }

  /** Forwards what is due. Call it when the shape has changed. */
  move(): void {
    clearTimeout(this.#timer)
    while (this.#isOpen && this.#waitMs() <= 0) this.#passOn()
    if (this.#isOpen && this.#held.length > 0) this.#timer = setTimeout(() => this.move(), this.#waitMs())
    if (this.shaper.isBlackHole || this.#heldBytes > MAX_HELD_BYTES) this.from.pause()
    else this.from.resume()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#held.length = 0
  }

  get #isOpen(): boolean {
    return !this.shaper.isBlackHole && !this.#isBlocked && this.#held.length > 0
  }

  #waitMs(): number {
    const next = this.#held[0]
    return next === undefined || this.shaper.isClear ? 0 : next.dueMs - performance.now()
  }

  #hold(chunk: Buffer | null): void {
    this.#held.push({ dueMs: performance.now() + this.shaper.drawDelayMs(), chunk })
    this.#heldBytes += chunk?.length ?? 0
    this.move()
  }

  #passOn(): void {
    const { chunk } = this.#held.shift()!
    this.#heldBytes -= chunk?.length ?? 0
    if (chunk === null) this.to.end()
    else this.#isBlocked = !this.to.write(chunk)
  }
}
