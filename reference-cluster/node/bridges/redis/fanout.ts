import type { Redis } from 'ioredis'
import { FANOUT_TOPIC } from '../../../../src/protocols/reference.js'
import type { History } from '../history.js'
import { RedisBridge } from './bridge.js'
import type { RedisPublisher } from './publisher.js'

/** A bridge with one topic for all channels, FANOUT_TOPIC, which the publisher must publish to. */
export class RedisFanout extends RedisBridge {
  override readonly history: History | null
  protected readonly messageEvent = 'messageBuffer'

  constructor(
    brokerUrl: string,
    patienceMs: number,
    publisher: RedisPublisher,
    history: History | null = null,
  ) {
    super(brokerUrl, patienceMs, publisher)
    this.history = history
  }

  async follow(): Promise<void> {}

  unfollow(): void {}

  /** The reply to SUBSCRIBE comes after all messages that were published before it. */
  caughtUp(): Promise<void> {
    return this.subscriber.answered((redis) => this.subscribeAll(redis))
  }

  protected subscribeAll(redis: Redis): Promise<unknown> {
    return redis.subscribe(FANOUT_TOPIC)
  }
}
