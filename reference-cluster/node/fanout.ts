import { nowMicros } from '../../src/base/clock.js'
import { at, HEADER_BYTES, kinds, messageStatus } from '../../src/protocols/reference.js'
import type { Burst } from '../burst.js'
import type { RoomFrame } from './client.js'
import type { Counters } from './counters.js'
import { binaryFrame } from './frame.js'
import type { Rooms } from './rooms.js'

/** Broker → local clients: a message is stamped and framed once, and the same bytes go to each socket of its room. */
export class Fanout {
  /** While true, messages are taken and given to nobody. */
  isMuted = false
  readonly #rooms: Rooms
  readonly #nodeIndex: number
  readonly #counters: Counters
  readonly #burst: Burst

  constructor(rooms: Rooms, nodeIndex: number, counters: Counters, burst: Burst) {
    this.#rooms = rooms
    this.#nodeIndex = nodeIndex
    this.#counters = counters
    this.#burst = burst
  }

  /** What is no publish is not ours: anybody may write to the broker. */
  deliver(message: Buffer, status: number = messageStatus.live): void {
    if (!isPublish(message)) return
    this.#counters.fanned += 1
    const channel = message.readUInt32LE(at.channel)
    const members = this.#rooms.members(channel)
    if (members.size === 0) return
    if (this.isMuted) this.#counters.withheld += members.size
    else {
      const offset = message.readDoubleLE(at.offset)
      this.#broadcast(members, { bytes: this.frame(message, status), channel, offset })
    }
  }

  /** A publish as a client gets it from this node. */
  frame(message: Buffer, status: number): Buffer {
    const frame = binaryFrame(message)
    const start = frame.length - message.length
    frame[start + at.kind] = kinds.message
    frame[start + at.status] = status
    frame.writeUInt16LE(this.#nodeIndex, start + at.egressNode)
    frame.writeDoubleLE(nowMicros(), start + at.egress)
    return frame
  }

  #broadcast(members: ReturnType<Rooms['members']>, frame: RoomFrame): void {
    this.#burst.message()
    let delivered = 0
    for (const member of members) if (member.deliver(frame)) delivered += 1
    this.#counters.delivered += delivered
  }
}

export function isPublish(message: Buffer): boolean {
  return message.length >= HEADER_BYTES && message[at.kind] === kinds.publish
}
