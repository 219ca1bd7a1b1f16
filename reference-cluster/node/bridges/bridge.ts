import type { History } from './history.js'
import type { BrokerPublisher, PublishOutcome } from './publisher.js'

/**
 * Contract of a bridge: carries what a node publishes to every node of the cluster. The node receives its own messages
 * through the broker as well.
 */
export interface Bridge {
  /** Whether it can publish, and delivers the messages of every followed channel. */
  readonly isReady: boolean
  /** The messages that the broker keeps; null when it keeps none. */
  readonly history: History | null
  /** Resolves once it is ready for the first time. It retries until then, and reconnects whenever it loses the broker. */
  start(listener: BridgeListener): Promise<void>
  /**
   * Call when a local client subscribes. Resolves once the channel's next message would be delivered, provided that
   * `isReady` is true then. May be called again for a followed channel. Never rejects.
   */
  follow(channel: number): Promise<void>
  /** Call when the last local client of the channel has left. */
  unfollow(channel: number): void
  /**
   * Resolves once all messages of these channels that the broker had accepted before the call have been delivered. Has a
   * short deadline, should the broker not answer. Never rejects.
   */
  caughtUp(channels: Iterable<number>): Promise<void>
  /** Never rejects, and does not change the message. */
  publish(message: Buffer): Promise<PublishOutcome>
  /** Disconnects from the broker. `message` is not called after it resolves. */
  stop(): Promise<void>
}

export interface BridgeListener {
  /** A message from any node. The buffer may be kept, but not written to. */
  message(message: Buffer): void
  /** It is ready, for the first time or again. */
  ready(): void
  lost(reason: string): void
}

/** An entry of the registry. The planner reads it, so the bridge's own module is only imported by `load`. */
export interface BridgeKindEntry {
  /** One sentence for `list` and docs. */
  readonly summary: string
  /** The broker it needs, which is also the scheme of its URL. */
  readonly broker: BrokerKind | null
  /** Whether it works with the embedded broker. */
  readonly isEmbeddable: boolean
  /** Whether messages carry offsets and can be read again: `Bridge.history`. */
  readonly hasHistory: boolean
  load(): Promise<BridgeModule>
}

/**
 * What a bridge's file exports. `brokerUrl` is empty when it needs no broker. When the broker answers no ping for
 * `patienceMs`, the connection is closed and opened again: the broker may be frozen or unreachable.
 */
export interface BridgeModule {
  readonly createBridge: (brokerUrl: string, patienceMs: number) => Bridge
  /** For a backend that publishes straight to the broker; null when there is no broker. */
  readonly createPublisher: ((brokerUrl: string, patienceMs: number) => BrokerPublisher) | null
}

export type BrokerKind = 'redis' | 'nats'
