import { Redis, type RedisOptions, ReplyError } from 'ioredis'
import { FANOUT_TOPIC } from '../../../src/protocols/reference.js'
import type { Bridge, BridgeListener, PublishOutcome } from './bridge.js'

/** How long `stop` waits for a broker that does not answer QUIT. */
const QUIT_DEADLINE_MS = 1_000

/**
 * Nothing is queued or sent twice behind the node's back: a publish during an outage is refused at once, one in flight
 * when the connection breaks is unknown at once, and subscribing again is ours, so that we know when it is confirmed.
 */
const connectionOptions = {
  protocol: 2 as const,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  disableClientInfo: true,
  lazyConnect: true,
  retryStrategy: (attempt: number) => Math.min(attempt * 20, 200),
} satisfies RedisOptions

/** Redis pub/sub, as Socket.IO's Redis adapter uses it: a connection to publish on and one that is subscribed. */
export class RedisPubsub implements Bridge {
  readonly #publisher: Redis
  readonly #subscriber: Redis
  #listener: BridgeListener | null = null
  #onFirstReady: () => void = () => {}
  #isSubscribed = false
  #wasReady = false
  #lastError = ''

  constructor(brokerUrl: string) {
    this.#publisher = new Redis(brokerUrl, connectionOptions)
    this.#subscriber = new Redis(brokerUrl, connectionOptions)
  }

  get isReady(): boolean {
    return this.#isSubscribed && this.#publisher.status === 'ready'
  }

  start(listener: BridgeListener): Promise<void> {
    this.#listener = listener
    this.#subscriber.on('messageBuffer', (_topic: Buffer, message: Buffer) => listener.message(message))
    this.#subscriber.on('ready', () => this.#subscribe())
    this.#subscriber.on('close', () => {
      this.#isSubscribed = false
      this.#changed()
    })
    this.#publisher.on('ready', () => this.#changed())
    this.#publisher.on('close', () => this.#changed())
    return new Promise((resolve) => {
      this.#onFirstReady = resolve
      for (const connection of [this.#publisher, this.#subscriber]) this.#connect(connection)
    })
  }

  async publish(message: Buffer): Promise<PublishOutcome> {
    if (this.#publisher.status !== 'ready') return 'refused'
    try {
      await this.#publisher.publish(FANOUT_TOPIC, message)
      return 'accepted'
    } catch (error) {
      return error instanceof ReplyError ? 'refused' : 'unknown'
    }
  }

  async stop(): Promise<void> {
    this.#listener = null
    await Promise.all([quit(this.#publisher), quit(this.#subscriber)])
  }

  #connect(connection: Redis): void {
    connection.on('error', (error) => {
      this.#lastError = error.message
    })
    // A failed first attempt is retried like any other.
    connection.connect().catch(() => {})
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#subscriber.subscribe(FANOUT_TOPIC)
      this.#isSubscribed = true
      this.#changed()
    } catch (error) {
      // The connection broke meanwhile: its next 'ready' subscribes. A refusal would last, so that starts over.
      if (error instanceof ReplyError) this.#subscriber.disconnect(true)
    }
  }

  #changed(): void {
    if (this.isReady === this.#wasReady) return
    this.#wasReady = this.isReady
    if (this.#wasReady) {
      this.#onFirstReady()
      this.#listener?.ready()
    } else this.#listener?.lost(this.#lastError || 'the connection was closed')
  }
}

async function quit(connection: Redis): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise((resolve) => {
    timer = setTimeout(resolve, QUIT_DEADLINE_MS)
  })
  await Promise.race([connection.quit().catch(() => {}), deadline])
  clearTimeout(timer)
  connection.disconnect()
}
