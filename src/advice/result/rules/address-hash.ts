import { significant } from '../../../base/format.js'
import type { ResultRule } from '../rule.js'

/** Above this, the fullest node decides how many nodes are needed. */
const UNEVEN = 1.25

export const addressHash: ResultRule = {
  name: 'address-hash',
  explanation:
    'ip-hash sends all clients of one address to one node, with nginx even those of a /24. Behind gateways a few addresses carry most clients, and their nodes carry most sockets.',
  change: 'count connections instead, or hash something that each client has for itself',
  improves: 'balance.maxOverMean{at=end}',
  evidence({ scenario: { plan }, balance }) {
    const ratio = balance.end?.maxOverMean ?? null
    const isUneven = plan.cluster.balancer.strategy === 'ip-hash' && ratio !== null && ratio > UNEVEN
    return plan.target === null && isUneven
      ? `the fullest node has ${significant(ratio, 3)} times the mean, with ip-hash`
      : null
  },
  settings: () => ['cluster.balancer.strategy=least-connections'],
}
