import { plural } from '../../../base/format.js'
import type { ResultRule } from '../rule.js'

export const resume: ResultRule = {
  name: 'resume',
  explanation:
    'Nobody keeps what is sent while a client is away. With offsets and a history, a client that reconnects asks for what it missed, and gets it or learns that it is gone.',
  change: 'use a bridge that keeps a history, and have clients resume',
  improves: 'delivery.lost',
  evidence({ scenario: { plan }, delivery }) {
    const away = delivery.lostWhileOffline + delivery.lostOnDisconnect
    if (plan.target !== null || plan.clients.reconnect.resume || away === 0) return null
    return `${plural(away, 'delivery', 'deliveries')} lost on disconnect or while offline, without resume`
  },
  settings: ({ scenario: { plan } }) => [
    `cluster.bridge=${plan.cluster.bridge.startsWith('nats') ? 'nats-jetstream' : 'redis-streams'}`,
    'clients.reconnect.resume=true',
  ],
}
