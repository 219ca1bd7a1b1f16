import type { Redis } from 'ioredis'
import type { Bridge, BridgeListener } from './bridge.js'
import type { PublishOutcome } from './publisher.js'
import { ReadinessWatch } from './readiness-watch.js'
import { RedisPublisher } from './redis/publisher.js'
import { RedisSubscriber } from './redis/subscriber.js'
import { channelOf, shardTopic } from './topics.js'

/** Channels per SSUBSCRIBE when the connection was made anew. */
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
 * Redis sharded pub/sub, as Socket.IO's sharded adapter uses it: a shard channel for each channel, which a node is
 * subscribed to from its first local client of it to its last.
 */
class RedisShardedPubsub implements Bridge {
  readonly history = null
  readonly #publisher: RedisPublisher
  readonly #subscriber: RedisSubscriber
  readonly #followed = new Map<number, Followed>()
  #watch: ReadinessWatch | null = null

  constructor(brokerUrl: string, patienceMs: number) {
    this.#publisher = createPublisher(brokerUrl, patienceMs)
    this.#subscriber = new RedisSubscriber(brokerUrl, patienceMs, (redis) => this.#subscribeAll(redis))
  }

  get isReady(): boolean {
    return this.#subscriber.isSubscribed && this.#publisher.isOpen
  }

  start(listener: BridgeListener): Promise<void> {
    const watch = new ReadinessWatch(listener, () => this.isReady)
    this.#watch = watch
    this.#subscriber.redis.on('smessageBuffer', (_topic: Buffer, message: Buffer) =>
      listener.message(message),
    )
    this.#publisher.open(() => watch.check(this.#publisher.lastError))
    this.#subscriber.open((lastError) => watch.check(lastError))
    return watch.firstReady
  }

  follow(channel: number): Promise<void> {
    const known = this.#followed.get(channel)
    if (known) return known.confirmed
    const followed = newlyFollowed()
    this.#followed.set(channel, followed)
    const { redis } = this.#subscriber
    // Without a connection, the next one subscribes to it.
    if (redis.status === 'ready') {
      this.#subscribe(redis, [channel]).catch((error) => this.#subscriber.failed(error))
    }
    return followed.confirmed
  }

  unfollow(channel: number): void {
    const { redis } = this.#subscriber
    if (!this.#followed.delete(channel) || redis.status !== 'ready') return
    redis.sunsubscribe(shardTopic(channel)).catch((error) => this.#subscriber.failed(error))
  }

  /** One connection hears all channels, in one order: any channel's reply will do. */
  async caughtUp(channels: Iterable<number>): Promise<void> {
    for (const channel of channels) {
      return this.#subscriber.answered((redis) => redis.ssubscribe(shardTopic(channel)))
    }
  }

  publish(message: Buffer): Promise<PublishOutcome> {
    return this.#publisher.publish(message)
  }

  async stop(): Promise<void> {
    this.#watch?.stop()
    await Promise.all([this.#publisher.close(), this.#subscriber.close()])
  }

  async #subscribeAll(redis: Redis): Promise<void> {
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
