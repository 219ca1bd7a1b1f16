import { setupError } from '../../../src/base/errors.js'
import type { BridgeKindEntry } from './bridge.js'

/** Every bridge, by the name a scenario uses. */
export const bridges = {
  none: {
    summary: 'no broker: a message reaches the clients of the node it was published on',
    broker: null,
    isEmbeddable: false,
    hasHistory: false,
    load: () => import('./none.js'),
  },
  'redis-pubsub': {
    summary: 'Redis PUBLISH/SUBSCRIBE: at most once, messages are lost while a node is disconnected',
    broker: 'redis',
    isEmbeddable: true,
    hasHistory: false,
    load: () => import('./redis-pubsub.js'),
  },
  'redis-sharded-pubsub': {
    summary:
      'Redis SPUBLISH/SSUBSCRIBE: as redis-pubsub, but a node receives only the channels of its clients',
    broker: 'redis',
    isEmbeddable: false,
    hasHistory: false,
    load: () => import('./redis-sharded-pubsub.js'),
  },
  'redis-streams': {
    summary: 'Redis XADD and PUBLISH in one script: offsets, and a history for clients that reconnect',
    broker: 'redis',
    isEmbeddable: false,
    hasHistory: true,
    load: () => import('./redis-streams.js'),
  },
  nats: {
    summary: 'core NATS: at most once, messages are lost while a node is disconnected',
    broker: 'nats',
    isEmbeddable: false,
    hasHistory: false,
    load: () => withNatsClient(() => import('./nats.js')),
  },
  'nats-jetstream': {
    summary:
      'NATS JetStream: stored, then read by every node; offsets, and a history for clients that reconnect',
    broker: 'nats',
    isEmbeddable: false,
    hasHistory: true,
    load: () => withNatsClient(() => import('./nats-jetstream.js')),
  },
} as const satisfies Record<string, BridgeKindEntry>

/** Loads a module that needs the NATS client, which is an optional dependency. */
async function withNatsClient<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    const packages = '@nats-io/transport-node @nats-io/jetstream'
    throw setupError('the NATS client is not installed', `npm install ${packages}`, cause)
  }
}
