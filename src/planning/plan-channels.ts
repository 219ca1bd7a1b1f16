import type { ChannelGroupPlan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'

/** Channels and publishers of all `traffic:` entries, numbered through. */
export function planChannels({ traffic, clients }: Scenario): ChannelGroupPlan[] {
  let firstChannel = 0
  let firstPublisher = 0
  return traffic.map(({ channel, publishers, via, rate, arrival, size }) => {
    if (via === 'echo') return planEcho(channel.name, { clients, rate, arrival, size })
    const { name, count } = channel
    const members = channel.members === 'all' ? clients.count : channel.members
    const group = { name, firstChannel, count, members, firstPublisher, publishers, via, arrival }
    firstChannel += count
    firstPublisher += count * publishers
    return { ...group, rateHz: rate, sizeBytes: size }
  })
}

/** A channel for each client, with it as the only member and the only publisher; it is the only traffic there is. */
function planEcho(
  name: string,
  {
    clients,
    rate,
    arrival,
    size,
  }: Pick<Scenario, 'clients'> & Pick<Scenario['traffic'][number], 'rate' | 'arrival' | 'size'>,
): ChannelGroupPlan {
  return {
    name,
    firstChannel: 0,
    count: clients.count,
    members: 1,
    firstPublisher: 0,
    publishers: 1,
    via: 'echo',
    arrival,
    rateHz: rate,
    sizeBytes: size,
  }
}

/** WebSocket connections: the clients, and the publishers that are not at the broker. */
export function connectionsThroughBalancer(clients: number, channels: readonly ChannelGroupPlan[]): number {
  return channels.reduce(
    (sum, { via, count, publishers }) => sum + (via === 'client' ? count * publishers : 0),
    clients,
  )
}
