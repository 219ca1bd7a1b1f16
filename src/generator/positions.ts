import type { ResumePoint } from '../protocols/reference.js'
import type { SubscriptionLayout } from '../results/delivery/layout.js'

const NO_POSITION = -1

/**
 * The position of each client in the history of each of its channels, from which it resumes. Takes 8 bytes per membership.
 * Clients are numbered as in the layout.
 */
export class Positions {
  readonly #layout: SubscriptionLayout
  /** By membership. */
  readonly #offsets: Float64Array
  /** By client: index into `#epochs`, or NO_POSITION. */
  readonly #epochOf: Int32Array
  readonly #epochs: string[] = []

  constructor(layout: SubscriptionLayout) {
    this.#layout = layout
    this.#offsets = new Float64Array(layout.channelOf.length)
    this.#epochOf = new Int32Array(layout.clients).fill(NO_POSITION)
  }

  of(client: number): ResumePoint {
    const epoch = this.#epochOf[client]!
    if (epoch === NO_POSITION) return { epoch: '', offsets: [] }
    const { membershipStart } = this.#layout
    const offsets = this.#offsets.subarray(membershipStart[client]!, membershipStart[client + 1]!)
    return { epoch: this.#epochs[epoch]!, offsets: [...offsets] }
  }

  /** The client is subscribed at `point`; undefined: the server does not know the position. */
  subscribed(client: number, point: ResumePoint | undefined): void {
    this.#epochOf[client] = point ? this.#indexOf(point.epoch) : NO_POSITION
    const start = this.#layout.membershipStart[client]!
    for (const [order, offset] of (point?.offsets ?? []).entries()) this.#offsets[start + order] = offset
  }

  /** The client has received the channel's message at `offset`. */
  passed(client: number, channel: number, offset: number): void {
    const membership = this.#layout.membershipOf(client, channel)
    if (membership >= 0) this.#offsets[membership] = offset
  }

  #indexOf(epoch: string): number {
    const known = this.#epochs.indexOf(epoch)
    return known >= 0 ? known : this.#epochs.push(epoch) - 1
  }
}
