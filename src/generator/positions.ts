import type { ResumePoint } from '../protocols/reference.js'
import type { SubscriptionLayout } from '../results/delivery/layout.js'

const NOWHERE = -1

/**
 * How far each client of a worker is in the history of each of its channels, for when it comes back. 8 bytes a
 * membership; clients are the layout's.
 */
export class Positions {
  readonly #layout: SubscriptionLayout
  /** By membership. */
  readonly #offsets: Float64Array
  /** By client: index into the epochs, or NOWHERE. */
  readonly #epochOf: Int32Array
  readonly #epochs: string[] = []

  constructor(layout: SubscriptionLayout) {
    this.#layout = layout
    this.#offsets = new Float64Array(layout.channelOf.length)
    this.#epochOf = new Int32Array(layout.clients).fill(NOWHERE)
  }

  of(client: number): ResumePoint {
    const epoch = this.#epochOf[client]!
    if (epoch === NOWHERE) return { epoch: '', offsets: [] }
    const { membershipStart } = this.#layout
    const offsets = this.#offsets.subarray(membershipStart[client]!, membershipStart[client + 1]!)
    return { epoch: this.#epochs[epoch]!, offsets: [...offsets] }
  }

  /** The client is subscribed, and stands at `point`; undefined: the server can't tell where. */
  subscribed(client: number, point: ResumePoint | undefined): void {
    this.#epochOf[client] = point ? this.#indexOf(point.epoch) : NOWHERE
    const start = this.#layout.membershipStart[client]!
    for (const [order, offset] of (point?.offsets ?? []).entries()) this.#offsets[start + order] = offset
  }

  /** The client has processed the channel's message at `offset`. */
  passed(client: number, channel: number, offset: number): void {
    const membership = this.#layout.membershipOf(client, channel)
    if (membership >= 0) this.#offsets[membership] = offset
  }

  #indexOf(epoch: string): number {
    const known = this.#epochs.indexOf(epoch)
    return known >= 0 ? known : this.#epochs.push(epoch) - 1
  }
}
