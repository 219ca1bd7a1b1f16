import type { WebSocket } from 'ws'
import { nowMicros } from '../base/clock.js'
import type { NodeControl } from '../protocols/reference.js'
import type { CloseLog } from './close-log.js'
import { DeliveryLog } from './delivery-log.js'
import type { Break, Script } from './script.js'
import type { Stream } from './stream.js'
import { type Elsewhere, forgeries, phantom } from './unexpected-copies.js'

/** How many messages before a cut a replay reaches back: some of what was dropped in flight comes late, too. */
const REPLAY_REACH = 4

interface Copy {
  readonly slot: number
  readonly sequence: number
}

/** One subscriber over all its connections: does to it what its script says, and writes down what was done. */
export class Subscriber {
  readonly book: DeliveryLog
  #socket: WebSocket | null = null
  #node = ''
  #isConfirmed = false
  /** Sent at the middle of the next interval. */
  #delayed: Copy[] = []
  /** By slot: sent after the next message of the stream. */
  readonly #held: (number | null)[]
  #breaks = 0

  constructor(
    readonly script: Script,
    /** By slot. */
    readonly streams: readonly Stream[],
    readonly elsewhere: Elsewhere,
    readonly closeLog: CloseLog,
  ) {
    this.book = new DeliveryLog(streams.length, script.messages)
    this.#held = new Array<number | null>(streams.length).fill(null)
  }

  /** It asked for its subscription on a new connection. It is confirmed now or, once traffic flows, when it is time. */
  asked(socket: WebSocket, node: string, isReturning: boolean): void {
    this.#socket = socket
    this.#node = node
    if (!isReturning) this.#confirm(false)
  }

  /** A message was published; `isReached`: and is to reach this subscriber. */
  take(slot: number, sequence: number, isReached: boolean): void {
    if (!this.#isConfirmed) return
    const treatment = isReached ? this.script.treatmentOf(slot, sequence) : 'drop'
    const held = this.#held[slot]!
    this.#held[slot] = treatment === 'hold' ? sequence : null
    if (treatment === 'delay') this.#delayed.push({ slot, sequence })
    if (treatment === 'deliver' || treatment === 'duplicate' || treatment === 'stray')
      this.#copy(slot, sequence)
    if (treatment === 'duplicate') this.#copy(slot, sequence)
    if (treatment === 'stray') this.#stray(slot, sequence)
    if (held !== null) this.#copy(slot, held)
  }

  /** The middle of the interval after `sequence`: the time for all that must not come near a message. */
  middle(sequence: number): void {
    const planned = this.script.breaks[this.#breaks]
    if (this.#isConfirmed) {
      if (planned && sequence >= planned.cutAfter) this.#cut(planned)
      else this.#sendDelayed()
    } else if (planned && this.#socket) {
      if (planned.isCutAgain && sequence === planned.cutAfter + 1) this.#close(planned)
      else if (sequence >= planned.backAfter) this.#scheduleReconnect(planned, sequence)
    }
  }

  /** A message that its publisher never got to send. Only where it can't be taken for a later one of a held message. */
  sendUnpublished(slot: number, sequence: number, longSubscribedSinceMicros: number): void {
    const stream = this.streams[slot]!
    const since = this.book.subscriptions.at(-1)?.fromMicros ?? Number.POSITIVE_INFINITY
    if (!this.#isConfirmed || this.#held[slot] !== null || since > longSubscribedSinceMicros) return
    if (stream.latest === 0) return
    this.#socket?.send(phantom(stream.frame(stream.latest), sequence, nowMicros()))
    this.book.strays += 1
  }

  #confirm(claimsRecovery: boolean): void {
    const channels = [...new Set(this.streams.map(({ channel }) => channel))]
    const control: NodeControl = { op: 'subscribed', channels, recovered: claimsRecovery }
    this.#socket?.send(JSON.stringify(control))
    this.book.subscribed(this.#node, nowMicros(), claimsRecovery)
    this.#isConfirmed = true
  }

  #cut(planned: Break): void {
    this.book.cut(nowMicros())
    this.#isConfirmed = false
    this.#delayed = []
    this.#held.fill(null)
    this.#close(planned)
  }

  #close({ how }: Break): void {
    if (this.#socket) this.closeLog.close(this.#socket, how)
    this.#socket = null
  }

  #scheduleReconnect(planned: Break, sequence: number): void {
    const { replay, claimsRecovery } = planned
    this.#breaks += 1
    this.#confirm(claimsRecovery)
    const copies = this.streams.flatMap((_, slot) => this.#replayOf(slot, planned, sequence))
    for (let copy = 0; copy < replay.copies; copy += 1) {
      if (replay.when === 'later') this.#delayed.push(...copies)
      else for (const { slot, sequence } of copies) this.#copy(slot, sequence)
    }
  }

  #replayOf(slot: number, { cutAfter, replay }: Break, until: number): Copy[] {
    const lacking: Copy[] = []
    const had: Copy[] = []
    for (let sequence = Math.max(1, cutAfter - REPLAY_REACH); sequence <= until; sequence += 1) {
      const copy = { slot, sequence }
      if (!this.#mayReplay(copy)) continue
      if (this.book.has(slot, sequence)) had.push(copy)
      else if (this.script.drawOf(slot, -sequence) < replay.share) lacking.push(copy)
    }
    const copies = [...had.slice(had.length - replay.again), ...lacking]
    return replay.order === 'forward' ? copies : copies.reverse()
  }

  #mayReplay({ slot, sequence }: Copy): boolean {
    const stream = this.streams[slot]!
    return stream.wasSent(sequence) && stream.receiptOf(sequence).reach !== 'none'
  }

  #sendDelayed(): void {
    const delayed = this.#delayed
    this.#delayed = []
    for (const { slot, sequence } of delayed) this.#copy(slot, sequence)
  }

  #copy(slot: number, sequence: number): void {
    this.#socket?.send(this.streams[slot]!.frame(sequence))
    this.book.copied(slot, sequence)
  }

  #stray(slot: number, sequence: number): void {
    const forge = forgeries[Math.floor(this.script.drawOf(slot, -sequence) * forgeries.length)]!
    this.#socket?.send(forge(this.streams[slot]!.frame(sequence), this.elsewhere))
    this.book.strays += 1
  }
}
