import { type Redis, ReplyError } from 'ioredis'
import { within } from '../../within.js'
import { openRedis, quitRedis, redisConnection } from './connection.js'

const ANSWER_DEADLINE_MS = 2_000

/** A connection that subscribes whenever it is established, and knows when Redis has confirmed. */
export class RedisSubscriber {
  readonly redis: Redis
  isSubscribed = false
  readonly #subscribe: (redis: Redis) => Promise<unknown>
  readonly #patienceMs: number

  /** `subscribe` resolves once all its subscriptions are confirmed. */
  constructor(brokerUrl: string, patienceMs: number, subscribe: (redis: Redis) => Promise<unknown>) {
    this.redis = redisConnection(brokerUrl)
    this.#subscribe = subscribe
    this.#patienceMs = patienceMs
  }

  /** `changed` is called when `isSubscribed` may have changed. */
  open(changed: (lastError: string) => void): void {
    openRedis(this.redis, this.#patienceMs, (lastError) => {
      this.isSubscribed = false
      changed(lastError)
      if (this.redis.status === 'ready') void this.#subscribeAll(changed)
    })
  }

  /** Resolves on the reply to `command`, which arrives after all earlier messages, or after a deadline. */
  async answered(command: (redis: Redis) => Promise<unknown>): Promise<void> {
    if (this.redis.status === 'ready') await within(ANSWER_DEADLINE_MS, command(this.redis))
  }

  /** Call when a command failed. If Redis returned an error, reconnect; if the connection was lost, it reconnects anyway. */
  failed(error: unknown): void {
    if (error instanceof ReplyError) this.redis.disconnect(true)
  }

  close(): Promise<void> {
    return quitRedis(this.redis)
  }

  async #subscribeAll(changed: (lastError: string) => void): Promise<void> {
    try {
      await this.#subscribe(this.redis)
      this.isSubscribed = true
      changed('')
    } catch (error) {
      this.failed(error)
    }
  }
}
