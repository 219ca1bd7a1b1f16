import type { Redis } from 'ioredis'
import type { Bridge, BridgeListener } from '../bridge.js'
import type { History } from '../history.js'
import type { PublishOutcome } from '../publisher.js'
import { ReadinessWatch } from '../readiness-watch.js'
import type { RedisPublisher } from './publisher.js'
import { RedisSubscriber } from './subscriber.js'

/** A bridge with two connections to Redis: one to publish on and one that is subscribed. */
export abstract class RedisBridge implements Bridge {
  readonly history: History | null = null
  protected abstract readonly messageEvent: 'messageBuffer' | 'smessageBuffer'
  protected readonly subscriber: RedisSubscriber
  readonly #publisher: RedisPublisher
  #watch: ReadinessWatch | null = null

  constructor(brokerUrl: string, patienceMs: number, publisher: RedisPublisher) {
    this.#publisher = publisher
    this.subscriber = new RedisSubscriber(brokerUrl, patienceMs, (redis) => this.subscribeAll(redis))
  }

  get isReady(): boolean {
    return this.subscriber.isSubscribed && this.#publisher.isOpen
  }

  start(listener: BridgeListener): Promise<void> {
    const watch = new ReadinessWatch(listener, () => this.isReady)
    this.#watch = watch
    this.subscriber.redis.on(this.messageEvent as 'messageBuffer', (_topic: Buffer, message: Buffer) =>
      listener.message(message),
    )
    this.#publisher.open(() => watch.check(this.#publisher.lastError))
    this.subscriber.open((lastError) => watch.check(lastError))
    return watch.firstReady
  }

  abstract follow(channel: number): Promise<void>

  abstract unfollow(channel: number): void

  abstract caughtUp(channels: Iterable<number>): Promise<void>

  publish(message: Buffer): Promise<PublishOutcome> {
    return this.#publisher.publish(message)
  }

  async stop(): Promise<void> {
    this.#watch?.stop()
    await Promise.all([this.#publisher.close(), this.subscriber.close()])
  }

  /** Subscribes a new connection; resolves once Redis has confirmed. */
  protected abstract subscribeAll(redis: Redis): Promise<unknown>
}
