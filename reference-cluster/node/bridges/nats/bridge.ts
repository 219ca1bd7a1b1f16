import type { Msg } from '@nats-io/transport-node'
import type { Bridge, BridgeListener } from '../bridge.js'
import type { History } from '../history.js'
import type { BrokerPublisher, PublishOutcome } from '../publisher.js'
import { ReadinessWatch } from '../readiness-watch.js'
import type { NatsLink } from './link.js'

export interface NatsBridgeParts {
  readonly link: NatsLink
  /** On `link`. */
  readonly publisher: BrokerPublisher
  /** What it subscribes to, */
  readonly subject: string
  /** and how a message is read from there. */
  readonly read: (message: Msg) => Buffer
  readonly history: History | null
}

/** A bridge over one connection to NATS, subscribed to one subject. */
export class NatsBridge implements Bridge {
  readonly history: History | null
  readonly #parts: NatsBridgeParts
  #watch: ReadinessWatch | null = null

  constructor(parts: NatsBridgeParts) {
    this.#parts = parts
    this.history = parts.history
  }

  get isReady(): boolean {
    return this.#parts.publisher.isOpen
  }

  start(listener: BridgeListener): Promise<void> {
    const { link, publisher } = this.#parts
    const watch = new ReadinessWatch(listener, () => this.isReady)
    this.#watch = watch
    this.#subscribeOn(link, listener)
    publisher.open(() => watch.check(link.lastError))
    return watch.firstReady
  }

  async follow(): Promise<void> {}

  unfollow(): void {}

  publish(message: Buffer): Promise<PublishOutcome> {
    return this.#parts.publisher.publish(message)
  }

  async stop(): Promise<void> {
    this.#watch?.stop()
    await this.#parts.publisher.close()
  }

  #subscribeOn(link: NatsLink, listener: BridgeListener): void {
    const { subject, read } = this.#parts
    link.prepareOnce((connection) => {
      connection.subscribe(subject, { callback: (_error, message) => listener.message(read(message)) })
    })
  }
}

/** The payload, not copied. */
export function payloadOf({ data }: Pick<Msg, 'data'>): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
