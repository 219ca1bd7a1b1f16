import { formatCount, formatRate } from '../../../base/format.js'
import { drains, eventsOf } from '../events.js'
import type { ResultRule } from '../rule.js'

export const staggeredDrain: ResultRule = {
  name: 'staggered-drain',
  explanation:
    'All clients of a drained node come back at once, faster than they connected at the start. Handshakes queue, and those that wait too long fail and try again.',
  change:
    'send clients away evenly over a window: connections ÷ handshakes that the cluster can carry in a second',
  improves: 'delivery.lost',
  evidence(result) {
    const { cluster, clients, target } = result.scenario.plan
    if (target !== null || cluster.drain.mode !== 'close') return null
    const [worst] = eventsOf(result, drains, (event) => event.peakReconnectsPerSecond > clients.connectRateHz)
    if (!worst) return null
    return `${formatCount(worst.peakReconnectsPerSecond)} reconnects in one second of ${worst.id}; clients had connected at ${formatRate(clients.connectRateHz)}`
  },
  settings: () => ['cluster.drain.mode=staggered'],
}
