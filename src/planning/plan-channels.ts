import { sumOf } from '../base/sum.js'
import type { ChannelGroupPlan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'

/** The channels and publishers of all `traffic:` entries, with consecutive numbers. */
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

/** One channel per client, with the client as its only member and publisher. Echo is always the only traffic. */
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

/** Number of WebSocket connections: clients, and publishers that don't publish to the broker directly. */
export function connectionsThroughBalancer(clients: number, channels: readonly ChannelGroupPlan[]): number {
  return (
    clients + sumOf(channels, ({ via, count, publishers }) => (via === 'client' ? count * publishers : 0))
  )
}
