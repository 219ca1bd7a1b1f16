import { FANOUT_TOPIC } from '../../../src/protocols/reference.js'
import type { Bridge } from './bridge.js'
import { RedisFanout } from './redis/fanout.js'
import { RedisPublisher } from './redis/publisher.js'

/** Redis pub/sub, as Socket.IO's Redis adapter uses it. */
export function createBridge(brokerUrl: string): Bridge {
  return new RedisFanout(brokerUrl, createPublisher(brokerUrl))
}

export function createPublisher(brokerUrl: string): RedisPublisher {
  return new RedisPublisher(brokerUrl, (redis, message) => redis.publish(FANOUT_TOPIC, message))
}
