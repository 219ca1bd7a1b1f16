import type { WebSocket } from 'ws'
import { nowMicros } from '../base/clock.js'
import type { NodeControl } from '../protocols/reference.js'
import type { CloseLog } from './close-log.js'
import { cutInHeader, withChangedBody } from './damage.js'
import { DeliveryLog } from './delivery-log.js'
import { GRACE_INTERVALS } from './plan.js'
import type { PlannedDisconnect, Script } from './script.js'
import type { Stream } from './stream.js'
import { alterations, type Elsewhere, unpublishedCopy } from './unexpected-copies.js'

/** How many messages before a disconnect a replay begins, so that some messages dropped in flight are replayed, too. */
const REPLAY_REACH = 4

interface Copy {
  readonly slot: number
  readonly sequence: number
}

/** Sent in the middle of the first interval after message `after` or a later one. */
interface DelayedCopy extends Copy {
  readonly after: number
}

/** One subscriber over all its connections: carries out its script, and logs what was sent. */
export class Subscriber {
  readonly log: DeliveryLog
  #socket: WebSocket | null = null
  #node = ''
  #isConfirmed = false
  #delayed: DelayedCopy[] = []
  /** By slot: sent after the next message of the stream. */
  readonly #held: (number | null)[]
  /** Disconnects of the script that are over. */
  #disconnects = 0

  constructor(
    readonly script: Script,
    /** By slot. */
    readonly streams: readonly Stream[],
    readonly elsewhere: Elsewhere,
    readonly closeLog: CloseLog,
  ) {
    this.log = new DeliveryLog(streams.length, script.messages)
    this.#held = new Array<number | null>(streams.length).fill(null)
  }

  /** The subscriber asked for its subscription on a new connection. A reconnect is confirmed when the script says so. */
  request(socket: WebSocket, node: string, isReturning: boolean): void {
    this.#socket = socket
    this.#node = node
    if (!isReturning) this.#confirm(false)
  }

  /** A message was published; `isReached`: this subscriber is among those it is sent to. */
  take(slot: number, sequence: number, isReached: boolean): void {
    if (!this.#isConfirmed) return
    const treatment = isReached ? this.script.treatmentOf(slot, sequence) : 'drop'
    const held = this.#held[slot]!
    this.#held[slot] = treatment === 'hold' ? sequence : null
    if (treatment === 'delay') this.#delayed.push({ slot, sequence, after: sequence })
    if (treatment === 'late') this.#delayed.push({ slot, sequence, after: sequence + GRACE_INTERVALS })
    if (treatment === 'deliver' || treatment === 'duplicate' || treatment === 'unexpected')
      this.#send(slot, sequence)
    if (treatment === 'duplicate') this.#send(slot, sequence)
    if (treatment === 'unexpected') this.#sendAltered(slot, sequence)
    if (treatment === 'corrupt') this.#sendCorrupted(slot, sequence)
    if (treatment === 'cut') this.#sendCut(slot, sequence)
    if (held !== null) this.#send(slot, held)
  }

  /** Called in the middle of the interval after `sequence`, where no message is near: disconnects and confirms. */
  middle(sequence: number): void {
    const planned = this.script.disconnects[this.#disconnects]
    if (this.#isConfirmed) {
      if (planned && sequence >= planned.closeAfter) this.#disconnect(planned)
      else this.#sendDelayed(sequence)
    } else if (planned && this.#socket) {
      if (planned.closesTwice && sequence === planned.closeAfter + 1) this.#close(planned)
      else if (sequence >= planned.confirmAfter) this.#confirmReconnect(planned, sequence)
    }
  }

  /** Sends a copy of a message that was not published, unless it would make one that is still to be sent count as reordered. */
  sendUnpublished(slot: number, sequence: number, subscribedBeforeMicros: number): void {
    const stream = this.streams[slot]!
    const since = this.log.subscriptions.at(-1)?.fromMicros ?? Number.POSITIVE_INFINITY
    if (!this.#isConfirmed || this.#held[slot] !== null || since > subscribedBeforeMicros) return
    if (stream.latest === 0 || this.#delayed.some((copy) => copy.slot === slot)) return
    this.#socket?.send(unpublishedCopy(stream.frame(stream.latest), sequence, nowMicros()))
    this.log.unexpected += 1
  }

  #confirm(claimsRecovery: boolean): void {
    const channels = [...new Set(this.streams.map(({ channel }) => channel))]
    const control: NodeControl = { op: 'subscribed', channels, recovered: claimsRecovery }
    this.#socket?.send(JSON.stringify(control))
    this.log.subscribed(this.#node, nowMicros(), claimsRecovery)
    this.#isConfirmed = true
  }

  #disconnect(planned: PlannedDisconnect): void {
    this.log.disconnected(nowMicros())
    this.#isConfirmed = false
    this.#delayed = []
    this.#held.fill(null)
    this.#close(planned)
  }

  #close({ how }: PlannedDisconnect): void {
    if (this.#socket) this.closeLog.close(this.#socket, how)
    this.#socket = null
  }

  #confirmReconnect(planned: PlannedDisconnect, sequence: number): void {
    const { replay, claimsRecovery } = planned
    this.#disconnects += 1
    this.#confirm(claimsRecovery)
    const copies = this.streams.flatMap((_, slot) => this.#replayOf(slot, planned, sequence))
    for (let copy = 0; copy < replay.copies; copy += 1) {
      if (replay.when === 'later') this.#delayed.push(...copies.map((each) => ({ ...each, after: sequence })))
      else for (const { slot, sequence } of copies) this.#send(slot, sequence)
    }
  }

  #replayOf(slot: number, { closeAfter, replay }: PlannedDisconnect, until: number): Copy[] {
    const missed: Copy[] = []
    const received: Copy[] = []
    for (let sequence = Math.max(1, closeAfter - REPLAY_REACH); sequence <= until; sequence += 1) {
      const copy = { slot, sequence }
      if (!this.#mayReplay(copy)) continue
      if (this.log.wasSent(slot, sequence)) received.push(copy)
      else if (this.script.drawOf(slot, -sequence) < replay.share) missed.push(copy)
    }
    const copies = [...received.slice(received.length - replay.again), ...missed]
    return replay.order === 'forward' ? copies : copies.reverse()
  }

  #mayReplay({ slot, sequence }: Copy): boolean {
    const stream = this.streams[slot]!
    return stream.wasPublished(sequence) && stream.receiptOf(sequence).reach !== 'none'
  }

  #sendDelayed(latest: number): void {
    this.#sendOverdue(latest)
    const delayed = this.#delayed
    this.#delayed = delayed.filter(({ after }) => after > latest)
    for (const { slot, sequence, after } of delayed) if (after <= latest) this.#send(slot, sequence)
  }

  /** Held messages whose next one failed: the one after it may come just when the grace period ends. */
  #sendOverdue(latest: number): void {
    this.#held.forEach((held, slot) => {
      if (held === null || held >= latest) return
      this.#held[slot] = null
      this.#send(slot, held)
    })
  }

  #send(slot: number, sequence: number): void {
    this.#socket?.send(this.streams[slot]!.frame(sequence))
    this.log.sent(slot, sequence, nowMicros())
  }

  #sendAltered(slot: number, sequence: number): void {
    const alter = alterations[Math.floor(this.script.drawOf(slot, -sequence) * alterations.length)]!
    this.#socket?.send(alter(this.streams[slot]!.frame(sequence), this.elsewhere))
    this.log.unexpected += 1
  }

  #sendCorrupted(slot: number, sequence: number): void {
    const drawn = this.script.drawOf(slot, -sequence)
    this.#socket?.send(withChangedBody(this.streams[slot]!.frame(sequence), drawn))
    this.log.sent(slot, sequence, nowMicros())
    this.log.corrupted += 1
  }

  #sendCut(slot: number, sequence: number): void {
    const drawn = this.script.drawOf(slot, -sequence)
    this.#socket?.send(cutInHeader(this.streams[slot]!.frame(sequence), drawn))
    this.log.malformed += 1
  }
}
