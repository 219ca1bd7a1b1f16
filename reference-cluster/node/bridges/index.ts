import type { BridgeKindEntry } from './bridge.js'

/** Every bridge, by the name a scenario uses. */
export const bridges = {
  none: {
    summary: 'no broker: a message reaches the clients of the node it was published on',
    broker: null,
    create: async () => new (await import('./none.js')).NoBridge(),
  },
  'redis-pubsub': {
    summary: 'Redis PUBLISH/SUBSCRIBE: at most once, what a node misses while disconnected is gone',
    broker: 'redis',
    create: async (brokerUrl) => new (await import('./redis-pubsub.js')).RedisPubsub(brokerUrl),
  },
} as const satisfies Record<string, BridgeKindEntry>
