import type { WebSocket } from 'ws'
import { createRandom, hash32 } from '../base/random.js'
import type { CloseLog } from './close-log.js'
import { pick } from './script.js'

/** A publisher is cut after one message and let in again after a later one; what is due between them fails. */
interface Outage {
  readonly room: number
  readonly slot: number
  readonly cutAfter: number
  readonly backAfter: number
  readonly how: 'destroy' | 1001
}

/** Cuts publishers, one at a time, and holds their next handshake back. Times are as those of a Script. */
export class Outages {
  readonly #planned: Outage[]
  #current: Outage | null = null
  #held: (() => void)[] = []

  constructor(
    options: { seed: number; rooms: number; slots: number; messages: number },
    readonly closeLog: CloseLog,
  ) {
    this.#planned = drawOutages(options)
  }

  /** The middle of the interval after `sequence` in `room`. `socketOf`: where the slot's messages come from. */
  middle(room: number, sequence: number, socketOf: (slot: number) => WebSocket | undefined): void {
    const next = this.#planned[0]
    if (this.#current?.room === room && sequence >= this.#current.backAfter) this.#end()
    else if (this.#current === null && next?.room === room && sequence >= next.cutAfter) {
      this.#planned.shift()
      const socket = socketOf(next.slot)
      if (socket) this.#begin(next, socket)
    }
  }

  /** Whether the slot's publisher can't publish now. */
  isOut(room: number, slot: number): boolean {
    return this.#current?.room === room && this.#current.slot === slot
  }

  /** Somebody unknown wants in: at once, or, if it is the publisher that is out, when its outage ends. */
  admit(enter: () => void): void {
    if (this.#current === null) enter()
    else this.#held.push(enter)
  }

  #begin(outage: Outage, socket: WebSocket): void {
    this.#current = outage
    this.closeLog.close(socket, outage.how)
  }

  /** Not before it has come back, lest the next one's handshake be taken for its. */
  #end(): void {
    if (this.#held.length === 0) return
    this.#current = null
    for (const enter of this.#held.splice(0)) enter()
  }
}

function drawOutages(options: { seed: number; rooms: number; slots: number; messages: number }): Outage[] {
  const random = createRandom(hash32(options.seed, 0x0ff))
  const outages: Outage[] = []
  for (let cutAfter = 2; cutAfter < options.messages; ) {
    const backAfter = cutAfter + 1 + pick(random, 3)
    const [room, slot] = [pick(random, options.rooms), pick(random, options.slots)]
    outages.push({ room, slot, cutAfter, backAfter, how: random() < 0.5 ? 'destroy' : 1001 })
    cutAfter = backAfter + 2
  }
  return outages
}
