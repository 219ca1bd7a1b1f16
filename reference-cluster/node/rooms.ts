import type { Client } from './client.js'

type Member = Pick<Client, 'channels'>

const nobody: ReadonlySet<never> = new Set<never>()

/** Who hears which channel. Joining and leaving cost O(1) per channel. */
export class Rooms<M extends Member = Client> {
  readonly #members = new Map<number, Set<M>>()
  readonly #onEmpty: (channel: number) => void
  #subscriptions = 0

  /** `onEmpty`: the last member of the channel has left. */
  constructor(onEmpty: (channel: number) => void) {
    this.#onEmpty = onEmpty
  }

  /** Channels held, summed over members. */
  get subscriptions(): number {
    return this.#subscriptions
  }

  members(channel: number): ReadonlySet<M> {
    return this.#members.get(channel) ?? nobody
  }

  join(member: M, channel: number): void {
    if (member.channels.has(channel)) return
    member.channels.add(channel)
    this.#subscriptions += 1
    const room = this.#members.get(channel)
    if (room) room.add(member)
    else this.#members.set(channel, new Set([member]))
  }

  leaveAll(member: M): void {
    for (const channel of member.channels) {
      const room = this.#members.get(channel)
      room?.delete(member)
      if (room?.size !== 0) continue
      this.#members.delete(channel)
      this.#onEmpty(channel)
    }
    this.#subscriptions -= member.channels.size
    member.channels.clear()
  }
}
