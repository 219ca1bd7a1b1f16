import { plural } from '../../../base/format.js'
import { sumOf } from '../../../base/sum.js'
import { drains, eventsOf, namesOf } from '../events.js'
import type { ResultRule } from '../rule.js'

export const handover: ResultRule = {
  name: 'handover',
  explanation:
    'A client that is sent away with a close frame hears nothing until it has subscribed again. What is sent meanwhile is lost, however quickly it comes back.',
  change: 'let the node ask its clients to subscribe on a second connection before they leave the first',
  improves: 'delivery.lost',
  evidence(result) {
    const { cluster, target } = result.scenario.plan
    const costly = eventsOf(result, drains, ({ lost }) => lost > 0)
    if (target !== null || cluster.drain.mode === 'handover' || costly.length === 0) return null
    const lost = sumOf(costly, (event) => event.lost)
    return `${plural(lost, 'delivery', 'deliveries')} lost through ${namesOf(costly)}, with drain mode ${cluster.drain.mode}`
  },
  settings: () => ['cluster.drain.mode=handover'],
}
