import type { Redis } from 'ioredis'
import type { Bridge } from './bridge.js'
import { RedisBridge } from './redis/bridge.js'
import { RedisPublisher } from './redis/publisher.js'
import { channelOf, shardTopic } from './topics.js'

/** Channels per SSUBSCRIBE after a reconnect. */
const BATCH = 500

interface Followed {
  /** Resolves once SSUBSCRIBE is confirmed. */
  readonly confirmed: Promise<void>
  readonly confirm: () => void
}

export function createBridge(brokerUrl: string, patienceMs: number): Bridge {
  return new RedisShardedPubsub(brokerUrl, patienceMs)
}

export function createPublisher(brokerUrl: string, patienceMs: number): RedisPublisher {
  return new RedisPublisher(brokerUrl, patienceMs, (redis, message) =>
    redis.spublish(shardTopic(channelOf(message)), message),
  )
}

/**
 * Redis sharded pub/sub, as Socket.IO's sharded adapter uses it: one shard channel per channel. A node is subscribed to it
 * while it has clients of the channel.
 */
class RedisShardedPubsub extends RedisBridge {
  protected readonly messageEvent = 'smessageBuffer'
  readonly #followed = new Map<number, Followed>()

  constructor(brokerUrl: string, patienceMs: number) {
    super(brokerUrl, patienceMs, createPublisher(brokerUrl, patienceMs))
  }

  follow(channel: number): Promise<void> {
    const known = this.#followed.get(channel)
    if (known) return known.confirmed
    const followed = newlyFollowed()
    this.#followed.set(channel, followed)
    const { redis } = this.subscriber
    // Without a connection, the next connection subscribes to it.
    if (redis.status === 'ready') {
      this.#subscribe(redis, [channel]).catch((error) => this.subscriber.failed(error))
    }
    return followed.confirmed
  }

  unfollow(channel: number): void {
    const { redis } = this.subscriber
    if (!this.#followed.delete(channel) || redis.status !== 'ready') return
    redis.sunsubscribe(shardTopic(channel)).catch((error) => this.subscriber.failed(error))
  }

  /** All channels come on one connection, in one order, so the reply for any channel will do. */
  async caughtUp(channels: Iterable<number>): Promise<void> {
    for (const channel of channels) {
      return this.subscriber.answered((redis) => redis.ssubscribe(shardTopic(channel)))
    }
  }

  protected async subscribeAll(redis: Redis): Promise<void> {
    const channels = [...this.#followed.keys()]
    const batches: Promise<void>[] = []
    for (let start = 0; start < channels.length; start += BATCH) {
      batches.push(this.#subscribe(redis, channels.slice(start, start + BATCH)))
    }
    await Promise.all(batches)
  }

  async #subscribe(redis: Redis, channels: readonly number[]): Promise<void> {
    await redis.ssubscribe(...channels.map(shardTopic))
    for (const channel of channels) this.#followed.get(channel)?.confirm()
  }
}

function newlyFollowed(): Followed {
  let confirm = (): void => {}
  const confirmed = new Promise<void>((resolve) => {
    confirm = resolve
  })
  return { confirmed, confirm }
}
