import { Redis } from 'ioredis'
import { FANOUT_TOPIC, type PublishHeader } from '../protocols/reference.js'
import type { Ledger } from './ledger.js'
import { encodePublish, type PublisherRoute } from './publishers.js'

/**
 * Publishers that write straight to the broker, as the playbook's score service does. One connection for all of a
 * worker; its PUBLISH reply is the ack.
 */
export class BackendPublisher {
  readonly #redis: Redis

  constructor(brokerUrl: string) {
    this.#redis = new Redis(brokerUrl, {
      protocol: 2,
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(200, attempt * 20),
    })
    // A lost broker shows in the ledger, message by message.
    this.#redis.on('error', () => {})
  }

  route(ledger: Ledger, sizeBytes: number): PublisherRoute {
    return new BackendRoute(this.#redis, ledger, sizeBytes)
  }
}

class BackendRoute implements PublisherRoute {
  constructor(
    readonly redis: Redis,
    readonly ledger: Ledger,
    readonly sizeBytes: number,
  ) {}

  get isOpen(): boolean {
    return this.redis.status === 'ready'
  }

  connect(): void {
    if (this.redis.status === 'wait') this.redis.connect().catch(() => {})
  }

  send(header: PublishHeader): boolean {
    if (!this.isOpen) return false
    this.redis.publish(FANOUT_TOPIC, encodePublish(header, this.sizeBytes, 0)).then(
      () => this.ledger.acked(header.sequence),
      () => {},
    )
    return true
  }

  destroy(): void {
    this.redis.disconnect()
  }
}
