import { nowMicros } from '../../src/base/clock.js'
import { at, HEADER_BYTES, kinds, messageStatus } from '../../src/protocols/reference.js'
import type { Burst } from '../burst.js'
import type { ChannelFrame, Client } from './client.js'
import type { Counters } from './counters.js'
import { binaryFrame } from './frame.js'
import type { Membership } from './membership.js'

type Members = ReturnType<Membership['members']>

/** Broker → local clients: a message is stamped and framed once; the same bytes go to every member of its channel. */
export class Fanout {
  /** The share of deliveries that it leaves out, each at random. */
  withheldShare = 0
  readonly #membership: Membership
  readonly #nodeIndex: number
  readonly #counters: Counters
  readonly #burst: Burst

  constructor(membership: Membership, nodeIndex: number, counters: Counters, burst: Burst) {
    this.#membership = membership
    this.#nodeIndex = nodeIndex
    this.#counters = counters
    this.#burst = burst
  }

  /** Anything but a publish is ignored: other programs may write to the broker as well. */
  deliver(message: Buffer, status: number = messageStatus.live): void {
    if (!isPublish(message)) return
    this.#counters.fanned += 1
    const channel = message.readUInt32LE(at.channel)
    const members = this.#membership.members(channel)
    if (members.size === 0) return
    const offset = message.readDoubleLE(at.offset)
    const reached = this.withheldShare === 0 ? members : this.#notWithheld(members)
    this.#broadcast(reached, { bytes: this.frame(message, status), channel, offset })
  }

  /** The frame in which this node sends a publish to clients. */
  frame(message: Buffer, status: number): Buffer {
    const frame = binaryFrame(message)
    const start = frame.length - message.length
    frame[start + at.kind] = kinds.message
    frame[start + at.status] = status
    frame.writeUInt16LE(this.#nodeIndex, start + at.egressNode)
    frame.writeDoubleLE(nowMicros(), start + at.egress)
    return frame
  }

  #notWithheld(members: Members): Client[] {
    const reached = [...members].filter(() => Math.random() >= this.withheldShare)
    this.#counters.withheld += members.size - reached.length
    return reached
  }

  #broadcast(members: Iterable<Client>, frame: ChannelFrame): void {
    this.#burst.message()
    let delivered = 0
    for (const member of members) if (member.deliver(frame)) delivered += 1
    this.#counters.delivered += delivered
  }
}

export function isPublish(message: Buffer): boolean {
  return message.length >= HEADER_BYTES && message[at.kind] === kinds.publish
}
