import type { Bridge } from './bridge.js'
import { RedisFanout } from './redis/fanout.js'
import { append, RedisHistory } from './redis/history.js'
import { RedisPublisher } from './redis/publisher.js'

/** Redis pub/sub with a stream for each channel, which one script appends to as it publishes. */
export function createBridge(brokerUrl: string): Bridge {
  const publisher = createPublisher(brokerUrl)
  return new RedisFanout(brokerUrl, publisher, new RedisHistory(publisher.redis))
}

export function createPublisher(brokerUrl: string): RedisPublisher {
  return new RedisPublisher(brokerUrl, append)
}
