import type { Bridge } from './bridge.js'
import { RedisFanout } from './redis/fanout.js'
import { append, RedisHistory } from './redis/history.js'
import { RedisPublisher } from './redis/publisher.js'

/** Redis pub/sub, and a stream for each channel: one script appends to the stream and publishes. */
export function createBridge(brokerUrl: string, patienceMs: number): Bridge {
  const publisher = createPublisher(brokerUrl, patienceMs)
  return new RedisFanout(brokerUrl, patienceMs, publisher, new RedisHistory(publisher.redis))
}

export function createPublisher(brokerUrl: string, patienceMs: number): RedisPublisher {
  return new RedisPublisher(brokerUrl, patienceMs, append)
}
