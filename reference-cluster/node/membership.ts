import type { Client } from './client.js'

type Member = Pick<Client, 'channels'>

const noMembers: ReadonlySet<never> = new Set<never>()

/** The members of each channel. Joining and leaving take O(1) per channel. */
export class Membership<M extends Member = Client> {
  readonly #members = new Map<number, Set<M>>()
  readonly #onEmpty: (channel: number) => void
  #subscriptions = 0

  /** `onEmpty` is called when the last member of a channel has left. */
  constructor(onEmpty: (channel: number) => void) {
    this.#onEmpty = onEmpty
  }

  /** Number of channels, summed over members. */
  get subscriptions(): number {
    return this.#subscriptions
  }

  members(channel: number): ReadonlySet<M> {
    return this.#members.get(channel) ?? noMembers
  }

  join(member: M, channel: number): void {
    if (member.channels.has(channel)) return
    member.channels.add(channel)
    this.#subscriptions += 1
    const members = this.#members.get(channel)
    if (members) members.add(member)
    else this.#members.set(channel, new Set([member]))
  }

  leaveAll(member: M): void {
    for (const channel of member.channels) {
      const members = this.#members.get(channel)
      members?.delete(member)
      if (members?.size !== 0) continue
      this.#members.delete(channel)
      this.#onEmpty(channel)
    }
    this.#subscriptions -= member.channels.size
    member.channels.clear()
  }
}
