import type { ChannelGroupPlan } from '../../plan/plan.js'

/**
 * Who subscribes to what in one worker, in flat arrays. Client c of the plan is local client floor(c / workers) of
 * worker c mod workers. A membership is (client, channel); a pair is (membership, publisher of the channel), which is
 * what deliveries are judged by. All indexes here are local but those of channels, groups and streams.
 */
export class SubscriptionLayout {
  readonly clients: number
  readonly pairs: number
  readonly groups: number
  /** Publishers of the whole plan; a publisher is a stream. */
  readonly streams: number
  /** Memberships of client c: membershipStart[c] … membershipStart[c + 1] − 1, by ascending channel. */
  readonly membershipStart: Int32Array
  readonly channelOf: Int32Array
  /** Pair of the membership's first publisher; the others follow. */
  readonly firstPair: Int32Array
  /** By membership: order of the publisher that is the member itself, and that its own messages are not due to; −1: none. */
  readonly notDueFrom: Int32Array
  /** By channel. */
  readonly groupOf: Int32Array
  readonly firstPublisher: Int32Array
  readonly publishers: Int32Array

  constructor(clients: number, groups: readonly ChannelGroupPlan[], worker: number, workers: number) {
    this.clients = Math.max(0, Math.ceil((clients - worker) / workers))
    const channels = groups.reduce((most, group) => Math.max(most, group.firstChannel + group.count), 0)
    this.groups = groups.length
    this.groupOf = new Int32Array(channels).fill(-1)
    this.firstPublisher = new Int32Array(channels)
    this.publishers = new Int32Array(channels)
    for (const [index, group] of groups.entries()) this.#addChannels(group, index)
    this.streams = groups.reduce(
      (most, group) => Math.max(most, group.firstPublisher + group.count * group.publishers),
      0,
    )

    const byChannel = groups.toSorted((a, b) => a.firstChannel - b.firstChannel)
    const globalOf = (client: number): number => client * workers + worker
    this.membershipStart = new Int32Array(this.clients + 1)
    for (let client = 0; client < this.clients; client += 1) {
      const joined = byChannel.reduce((sum, group) => sum + timesMember(globalOf(client), clients, group), 0)
      this.membershipStart[client + 1] = this.membershipStart[client]! + joined
    }
    this.channelOf = new Int32Array(this.membershipStart[this.clients]!)
    this.firstPair = new Int32Array(this.channelOf.length)
    this.notDueFrom = new Int32Array(this.channelOf.length).fill(-1)
    this.pairs = this.#fillMemberships(byChannel, clients, globalOf)
  }

  /** Channels that the client subscribes to, ascending. */
  channelsOf(client: number): number[] {
    const channels: number[] = []
    const end = this.membershipStart[client + 1]!
    for (let membership = this.membershipStart[client]!; membership < end; membership += 1)
      channels.push(this.channelOf[membership]!)
    return channels
  }

  /** The membership, or −1: not a member of the channel. */
  membershipOf(client: number, channel: number): number {
    let low = this.membershipStart[client]!
    let high = this.membershipStart[client + 1]! - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.channelOf[middle]! < channel) low = middle + 1
      else high = middle
    }
    return low <= high && this.channelOf[low] === channel ? low : -1
  }

  /** The pair, or −1: not a member of the channel, not a publisher of it, or the member itself. */
  pairOf(client: number, channel: number, publisher: number): number {
    const membership = this.membershipOf(client, channel)
    if (membership < 0) return -1
    const order = publisher - this.firstPublisher[channel]!
    if (order === this.notDueFrom[membership]) return -1
    return order >= 0 && order < this.publishers[channel]! ? this.firstPair[membership]! + order : -1
  }

  /** Every pair once, in order, but those of members with themselves to which their own messages are not due. */
  eachPair(visit: (pair: number, client: number, stream: number, channel: number) => void): void {
    for (let client = 0; client < this.clients; client += 1) this.eachPairOf(client, visit)
  }

  eachPairOf(
    client: number,
    visit: (pair: number, client: number, stream: number, channel: number) => void,
  ): void {
    const end = this.membershipStart[client + 1]!
    for (let membership = this.membershipStart[client]!; membership < end; membership += 1) {
      const channel = this.channelOf[membership]!
      const pair = this.firstPair[membership]!
      const stream = this.firstPublisher[channel]!
      const publishers = this.publishers[channel]!
      const own = this.notDueFrom[membership]!
      for (let order = 0; order < publishers; order += 1)
        if (order !== own) visit(pair + order, client, stream + order, channel)
    }
  }

  #addChannels(group: ChannelGroupPlan, index: number): void {
    for (let order = 0; order < group.count; order += 1) {
      const channel = group.firstChannel + order
      this.groupOf[channel] = index
      this.firstPublisher[channel] = group.firstPublisher + order * group.publishers
      this.publishers[channel] = group.publishers
    }
  }

  #fillMemberships(
    groups: readonly ChannelGroupPlan[],
    clients: number,
    globalOf: (client: number) => number,
  ): number {
    let membership = 0
    let pair = 0
    for (let client = 0; client < this.clients; client += 1) {
      for (const group of groups) {
        const end = group.count * group.members
        for (let k = globalOf(client); k < end; k += clients) {
          this.channelOf[membership] = group.firstChannel + Math.floor(k / group.members)
          this.firstPair[membership] = pair
          if (group.via === 'members' && !group.echoes) this.notDueFrom[membership] = k % group.members
          membership += 1
          pair += group.publishers
        }
      }
    }
    return pair
  }
}

/** How many k in [0, count·members) there are with k mod clients = client. */
function timesMember(client: number, clients: number, group: ChannelGroupPlan): number {
  return Math.max(0, Math.ceil((group.count * group.members - client) / clients))
}
