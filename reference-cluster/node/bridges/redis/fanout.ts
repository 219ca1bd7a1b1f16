import { FANOUT_TOPIC } from '../../../../src/protocols/reference.js'
import type { Bridge, BridgeListener } from '../bridge.js'
import type { History } from '../history.js'
import type { PublishOutcome } from '../publisher.js'
import { ReadinessWatch } from '../readiness-watch.js'
import type { RedisPublisher } from './publisher.js'
import { RedisSubscriber } from './subscriber.js'

/** A bridge with one topic for all: a connection to publish on and one that is subscribed. */
export class RedisFanout implements Bridge {
  readonly history: History | null
  readonly #publisher: RedisPublisher
  readonly #subscriber: RedisSubscriber
  #watch: ReadinessWatch | null = null

  /** Delivers what the publisher, here and on other nodes, puts on FANOUT_TOPIC. */
  constructor(
    brokerUrl: string,
    patienceMs: number,
    publisher: RedisPublisher,
    history: History | null = null,
  ) {
    this.#publisher = publisher
    this.#subscriber = new RedisSubscriber(brokerUrl, patienceMs, (redis) => redis.subscribe(FANOUT_TOPIC))
    this.history = history
  }

  get isReady(): boolean {
    return this.#subscriber.isSubscribed && this.#publisher.isOpen
  }

  start(listener: BridgeListener): Promise<void> {
    const watch = new ReadinessWatch(listener, () => this.isReady)
    this.#watch = watch
    this.#subscriber.redis.on('messageBuffer', (_topic: Buffer, message: Buffer) => listener.message(message))
    this.#publisher.open(() => watch.check(this.#publisher.lastError))
    this.#subscriber.open((lastError) => watch.check(lastError))
    return watch.firstReady
  }

  async follow(): Promise<void> {}

  unfollow(): void {}

  /** The subscription's reply comes behind all that was published before it. */
  caughtUp(): Promise<void> {
    return this.#subscriber.answered((redis) => redis.subscribe(FANOUT_TOPIC))
  }

  publish(message: Buffer): Promise<PublishOutcome> {
    return this.#publisher.publish(message)
  }

  async stop(): Promise<void> {
    this.#watch?.stop()
    await Promise.all([this.#publisher.close(), this.#subscriber.close()])
  }
}
