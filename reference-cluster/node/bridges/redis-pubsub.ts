import { FANOUT_TOPIC } from '../../../src/protocols/reference.js'
import type { Bridge } from './bridge.js'
import { RedisFanout } from './redis/fanout.js'
import { RedisPublisher } from './redis/publisher.js'

/** Redis pub/sub, as Socket.IO's Redis adapter uses it. */
export function createBridge(brokerUrl: string, patienceMs: number): Bridge {
  return new RedisFanout(brokerUrl, patienceMs, createPublisher(brokerUrl, patienceMs))
}

export function createPublisher(brokerUrl: string, patienceMs: number): RedisPublisher {
  return new RedisPublisher(brokerUrl, patienceMs, (redis, message) => redis.publish(FANOUT_TOPIC, message))
}
