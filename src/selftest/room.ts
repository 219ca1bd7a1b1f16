import type { WebSocket } from 'ws'
import { nowMicros } from '../base/clock.js'
import type { Outages } from './outages.js'
import type { Stream } from './stream.js'
import type { Subscriber } from './subscriber.js'

const PHANTOM_SHARE = 0.1

/** The subscribers of one solo and one choir channel, and the streams that they hear. */
export class Room {
  readonly members: Subscriber[] = []
  /** By slot: the publisher's latest connection. */
  readonly #sockets: (WebSocket | undefined)[] = []
  #lateAcks: (() => void)[] = []
  /** Between a message and an edge. */
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
   * The middle of the interval after `sequence`, as planned for `middleMicros`. Does nothing if this comes late or a
   * message was late, and so is near the edge of a class: all is done in the next middle, then.
   */
  middle(sequence: number, middleMicros: number): void {
    const now = nowMicros()
    if (now - middleMicros > this.#leastMicros || !this.#isQuiet(sequence, now)) return
    for (const ack of this.#lateAcks.splice(0)) ack()
    for (const member of this.members) member.middle(sequence)
    this.#sendUnpublished(sequence)
    this.outages.middle(this.index, sequence, (slot) => this.#sockets[slot])
  }

  /** Whether a connection may be cut or confirmed now, and no message's class can hang on some milliseconds. */
  #isQuiet(sequence: number, now: number): boolean {
    const edges = [now, now - this.graceMicros]
    return this.streams.every(({ sentMicros }, slot) => {
      const latest = sentMicros[sequence - 1]!
      if (Number.isNaN(latest) && !this.outages.isOut(this.index, slot)) return false
      return edges.every((edge) => sentMicros.every((sent) => !(Math.abs(sent - edge) < this.#leastMicros)))
    })
  }

  /** Messages that could not be published; and, at the end, one more than there were. */
  #sendUnpublished(sequence: number): void {
    const sinceMicros = nowMicros() - this.intervalMicros / 2
    const failed = this.streams.flatMap((stream, slot) =>
      this.outages.isOut(this.index, slot) && !stream.wasSent(sequence) ? [slot] : [],
    )
    for (const member of this.members) {
      for (const slot of failed) {
        if (member.script.drawOf(slot, sequence) > PHANTOM_SHARE) continue
        member.sendUnpublished(slot, sequence, sinceMicros)
      }
      const { endsWithPhantom, messages } = member.script
      if (endsWithPhantom && sequence === messages) member.sendUnpublished(0, messages + 1, sinceMicros)
    }
  }
}
