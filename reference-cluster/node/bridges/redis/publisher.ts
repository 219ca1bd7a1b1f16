import { type Redis, ReplyError } from 'ioredis'
import type { BrokerPublisher, PublishOutcome } from '../publisher.js'
import { openRedis, quitRedis, redisConnection } from './connection.js'

/** Sends the command that publishes one message; resolves with the reply. */
export type RedisSend = (redis: Redis, message: Buffer) => Promise<unknown>

/** Publishing to Redis by any command: its reply is the confirmation. */
export class RedisPublisher implements BrokerPublisher {
  readonly redis: Redis
  /** Why the connection was last lost. */
  lastError = ''
  readonly #send: RedisSend
  readonly #patienceMs: number

  constructor(brokerUrl: string, patienceMs: number, send: RedisSend) {
    this.redis = redisConnection(brokerUrl)
    this.#send = send
    this.#patienceMs = patienceMs
  }

  get isOpen(): boolean {
    return this.redis.status === 'ready'
  }

  open(changed: () => void): void {
    openRedis(this.redis, this.#patienceMs, (lastError) => {
      this.lastError = lastError
      changed()
    })
  }

  async publish(message: Buffer): Promise<PublishOutcome> {
    if (!this.isOpen) return 'refused'
    try {
      await this.#send(this.redis, message)
      return 'accepted'
    } catch (error) {
      return error instanceof ReplyError ? 'refused' : 'unknown'
    }
  }

  close(): Promise<void> {
    return quitRedis(this.redis)
  }
}
