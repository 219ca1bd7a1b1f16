import { sumOf } from '../base/sum.js'
import type { ChannelGroupPlan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'

/**
 * The channels and publishers of all `traffic:` entries, with consecutive numbers. Echo traffic, always the only entry, has a
 * channel for each client, with the client as the only member and publisher.
 */
export function planChannels({ traffic, clients }: Scenario): ChannelGroupPlan[] {
  let firstChannel = 0
  let firstPublisher = 0
  return traffic.map(({ channel, via, rate, arrival, size, echoes, ...entry }) => {
    const { name } = channel
    const isEcho = via === 'echo'
    const count = isEcho ? clients.count : channel.count
    const members = isEcho ? 1 : channel.members === 'all' ? clients.count : channel.members
    const publishers = isEcho ? 1 : via === 'members' ? members : entry.publishers
    const group = { name, firstChannel, count, members, firstPublisher, publishers, via, echoes, arrival }
    firstChannel += count
    firstPublisher += count * publishers
    return { ...group, rateHz: rate, sizeBytes: size }
  })
}

/** Number of WebSocket connections: clients, and publishers that don't publish to the broker directly. */
export function connectionsThroughBalancer(clients: number, channels: readonly ChannelGroupPlan[]): number {
  return (
    clients + sumOf(channels, ({ via, count, publishers }) => (via === 'client' ? count * publishers : 0))
  )
}
