import { plural } from '../../../base/format.js'
import { eventsOf, namesOf } from '../events.js'
import type { ResultRule } from '../rule.js'

export const heartbeat: ResultRule = {
  name: 'heartbeat',
  explanation:
    'A frozen node closes nothing: neither the balancer nor the clients notice, and its clients wait until it goes on. Only pings show that nobody answers.',
  change: 'have clients ping, and reconnect when the pong does not come',
  improves: 'delivery.availability',
  evidence(result) {
    const frozen = eventsOf(result, ['node-freeze'], ({ failure }) => failure === null)
    const { late } = result.delivery
    if (result.scenario.plan.clients.heartbeat !== null || frozen.length === 0 || late === 0) return null
    return `${plural(late, 'delivery', 'deliveries')} late with ${namesOf(frozen)}, and no client sends pings`
  },
  settings: () => ['clients.heartbeat={ every: 1s, timeout: 1s }'],
}
