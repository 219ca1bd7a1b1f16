import type { WebSocket } from 'ws'
import { createRandom, hash32 } from '../base/random.js'
import type { CloseLog } from './close-log.js'
import { pick } from './script.js'

/** A publisher's connection is closed after one message, and its next one accepted after a later one. Messages between fail. */
interface Outage {
  readonly room: number
  readonly slot: number
  readonly closeAfter: number
  readonly admitAfter: number
  readonly how: 'destroy' | 1001
}

interface OutageOptions {
  readonly seed: number
  readonly rooms: number
  readonly slots: number
  readonly messages: number
}

/** Disconnects publishers, one at a time, and delays their next handshake. Times are those of a Script. */
export class Outages {
  readonly #planned: Outage[]
  #current: Outage | null = null
  #held: (() => void)[] = []

  constructor(
    options: OutageOptions,
    readonly closeLog: CloseLog,
  ) {
    this.#planned = drawOutages(options)
  }

  /** Called in the middle of the interval after `sequence` in `room`. `socketOf`: the connection of a slot's publisher. */
  middle(room: number, sequence: number, socketOf: (slot: number) => WebSocket | undefined): void {
    const next = this.#planned[0]
    if (this.#current?.room === room && sequence >= this.#current.admitAfter) this.#end()
    else if (this.#current === null && next?.room === room && sequence >= next.closeAfter) {
      this.#planned.shift()
      const socket = socketOf(next.slot)
      if (socket) this.#begin(next, socket)
    }
  }

  /** Whether the slot's publisher is disconnected now. */
  isOut(room: number, slot: number): boolean {
    return this.#current?.room === room && this.#current.slot === slot
  }

  /** Takes the handshake of an unknown client, which during an outage is the publisher's: held until the outage ends. */
  admit(accept: () => void): void {
    if (this.#current === null) accept()
    else this.#held.push(accept)
  }

  #begin(outage: Outage, socket: WebSocket): void {
    this.#current = outage
    this.closeLog.close(socket, outage.how)
  }

  /** Not before the publisher has come back; otherwise the next one's handshake could be mistaken for this one's. */
  #end(): void {
    if (this.#held.length === 0) return
    this.#current = null
    for (const accept of this.#held.splice(0)) accept()
  }
}

function drawOutages(options: OutageOptions): Outage[] {
  const random = createRandom(hash32(options.seed, 0x0ff))
  const outages: Outage[] = []
  for (let closeAfter = 2; closeAfter < options.messages; ) {
    const admitAfter = closeAfter + 1 + pick(random, 3)
    const [room, slot] = [pick(random, options.rooms), pick(random, options.slots)]
    outages.push({ room, slot, closeAfter, admitAfter, how: random() < 0.5 ? 'destroy' : 1001 })
    closeAfter = admitAfter + 2
  }
  return outages
}
