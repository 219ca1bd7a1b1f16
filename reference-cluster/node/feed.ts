import { at, messageStatus } from '../../src/protocols/reference.js'
import type { History } from './bridges/history.js'
import { isPublish } from './fanout.js'
import { offsetOf } from './shared-history.js'

/** Most that is held back while the messages of an outage are read; beyond it, the rest of them are skipped. */
const MOST_HELD_BYTES = 64 * 1024 * 1024
const UNKNOWN = -1

export interface FeedParts {
  /** null: messages of an outage are lost. */
  readonly history: History | null
  readonly deliver: (message: Buffer, status: number) => void
  /** Called when the store was created again: offsets start over. */
  readonly newStore: () => void
}

/**
 * Bridge → Fanout. After an outage it first reads from the history what this node's clients have missed, while live
 * messages wait. If the store was lost and created again, it reads everything.
 */
export class Feed {
  readonly #parts: FeedParts
  /** By followed channel: offset of the last message that was delivered. */
  readonly #last = new Map<number, number>()
  /** By channel: the offset up to which the history was read, so that live copies are not delivered again. */
  readonly #read = new Map<number, number>()
  #held: Buffer[] | null = null
  #heldBytes = 0
  #epoch: string | null = null
  /** Counts outages, so that catching up after one stops at the next. */
  #outages = 0

  constructor(parts: FeedParts) {
    this.#parts = parts
  }

  get #fills(): boolean {
    return this.#parts.history?.isLiveContinuous === false
  }

  /** Resolves once the channel's position is known; catching up after an outage starts there. */
  async follow(channel: number): Promise<void> {
    if (!this.#fills || this.#last.has(channel)) return
    this.#last.set(channel, UNKNOWN)
    const position = await this.#parts.history?.position(channel)
    if (position && this.#last.get(channel) === UNKNOWN) this.#last.set(channel, position.offset)
  }

  unfollow(channel: number): void {
    this.#last.delete(channel)
  }

  /** A live message. */
  take(message: Buffer): void {
    if (!this.#held) this.#deliver(message, messageStatus.live)
    else {
      this.#held.push(message)
      this.#heldBytes += message.length
      if (this.#heldBytes > MOST_HELD_BYTES) this.#release()
    }
  }

  /** Call when the broker was lost. */
  lost(): void {
    this.#outages += 1
    this.#read.clear()
    if (this.#fills) this.#held ??= []
  }

  /** Call when the broker is there, for the first time or again. Resolves once the missed messages are delivered. */
  async ready(): Promise<void> {
    const { history } = this.#parts
    const outage = this.#outages
    const position = await history?.position(this.#last.keys().next().value ?? 0)
    if (outage !== this.#outages) return
    if (history && position) {
      const isNew = this.#epoch !== null && this.#epoch !== position.epoch
      this.#epoch = position.epoch
      if (isNew) this.#begin()
      if (this.#held) await this.#fill(history, position.epoch, outage)
    }
    if (outage === this.#outages) this.#release()
  }

  #begin(): void {
    for (const channel of this.#last.keys()) this.#last.set(channel, 0)
    this.#parts.newStore()
  }

  async #fill(history: History, epoch: string, outage: number): Promise<void> {
    const known = [...this.#last].filter(([, offset]) => offset !== UNKNOWN)
    await Promise.all(
      known.map(async ([channel, offset]) => {
        const missed = await history.after(channel, { offset, epoch })
        if (!missed || outage !== this.#outages || !this.#held) return
        for (const message of missed) this.#deliver(message, messageStatus.replayed)
        const newest = missed.at(-1)
        if (newest) this.#read.set(channel, offsetOf(newest))
      }),
    )
  }

  #release(): void {
    const held = this.#held ?? []
    this.#held = null
    this.#heldBytes = 0
    for (const message of held) this.#deliver(message, messageStatus.live)
  }

  #deliver(message: Buffer, status: number): void {
    if (this.#fills && isPublish(message)) {
      const channel = message.readUInt32LE(at.channel)
      const offset = offsetOf(message)
      const read = this.#read.get(channel)
      if (read !== undefined) {
        if (offset <= read) return
        this.#read.delete(channel)
      }
      if (this.#last.has(channel)) this.#last.set(channel, offset)
    }
    this.#parts.deliver(message, status)
  }
}
