import type { WebSocket } from 'ws'
import { nowMicros } from '../base/clock.js'
import type { Outages } from './outages.js'
import type { Stream } from './stream.js'
import type { Subscriber } from './subscriber.js'

const UNPUBLISHED_SHARE = 0.1

/** The subscribers of one single and one shared channel, and the streams of both. */
export class Room {
  readonly members: Subscriber[] = []
  /** By slot: its publisher's latest connection. */
  readonly #sockets: (WebSocket | undefined)[] = []
  #lateAcks: (() => void)[] = []
  /** Shortest time that must be between a message and a class boundary. */
  readonly #leastMicros: number

  constructor(
    readonly index: number,
    /** By slot. */
    readonly streams: readonly Stream[],
    readonly intervalMicros: number,
    readonly graceMicros: number,
    readonly outages: Outages,
  ) {
    this.#leastMicros = intervalMicros / 8
  }

  publish(slot: number, socket: WebSocket, publish: Buffer): void {
    const stream = this.streams[slot]!
    const sequence = stream.take(publish)
    const { ack, reach } = stream.receiptOf(sequence)
    this.#sockets[slot] = socket
    for (const member of this.members) {
      const isReached = reach === 'all' || (reach === 'some' && member.script.drawOf(slot, sequence) < 0.5)
      member.take(slot, sequence, isReached)
    }
    if (ack === 'refused') socket.send(stream.refusal(sequence))
    if (ack === 'late') this.#lateAcks.push(() => socket.send(stream.ack(sequence)))
    if (ack === 'once' || ack === 'twice') socket.send(stream.ack(sequence))
    if (ack === 'twice') socket.send(stream.ack(sequence))
  }

  /**
   * Called in the middle of the interval after `sequence`, which was planned for `middleMicros`. If this call or a message was
   * late, a message is near a class boundary: everything then waits for the middle of the next interval.
   */
  middle(sequence: number, middleMicros: number): void {
    const now = nowMicros()
    if (now - middleMicros > this.#leastMicros || !this.#isClear(sequence, now)) return
    for (const ack of this.#lateAcks.splice(0)) ack()
    for (const member of this.members) member.middle(sequence)
    this.#sendUnpublished(sequence)
    this.outages.middle(this.index, sequence, (slot) => this.#sockets[slot])
  }

  /** Whether a class boundary at `now` is far enough from all messages. */
  #isClear(sequence: number, now: number): boolean {
    const boundaries = [now, now - this.graceMicros]
    return this.streams.every(({ sentMicros }, slot) => {
      const latest = sentMicros[sequence - 1]!
      if (Number.isNaN(latest) && !this.outages.isOut(this.index, slot)) return false
      return boundaries.every((boundary) =>
        sentMicros.every((sent) => !(Math.abs(sent - boundary) < this.#leastMicros)),
      )
    })
  }

  /** Sends copies of messages that failed, and after the last message one that was never planned. */
  #sendUnpublished(sequence: number): void {
    const beforeMicros = nowMicros() - this.intervalMicros / 2
    const failed = this.streams.flatMap((stream, slot) =>
      this.outages.isOut(this.index, slot) && !stream.wasPublished(sequence) ? [slot] : [],
    )
    for (const member of this.members) {
      for (const slot of failed) {
        if (member.script.drawOf(slot, sequence) > UNPUBLISHED_SHARE) continue
        member.sendUnpublished(slot, sequence, beforeMicros)
      }
      const { endsUnpublished, messages } = member.script
      if (endsUnpublished && sequence === messages) member.sendUnpublished(0, messages + 1, beforeMicros)
    }
  }
}
