import type { History } from './history.js'
import type { BrokerPublisher, PublishOutcome } from './publisher.js'

/**
 * Contract of a bridge: how a node's publishes reach every node of the cluster, itself included: what it publishes comes
 * back to it through the broker too.
 */
export interface Bridge {
  /** Whether it would both take a publish and deliver what others publish on each channel that is followed. */
  readonly isReady: boolean
  /** What the broker keeps of each channel; null where it keeps nothing. */
  readonly history: History | null
  /** Resolves once it is ready for the first time; keeps trying until then, and again whenever it loses its broker. */
  start(listener: BridgeListener): Promise<void>
  /**
   * A local client wants the channel. Resolves once the channel's next message would be delivered, provided that
   * `isReady` holds then. May be called again for a channel that is followed. Never rejects.
   */
  follow(channel: number): Promise<void>
  /** The last local client of the channel has left. */
  unfollow(channel: number): void
  /**
   * Resolves once everything of these channels that the broker had taken when it was called has been delivered; soon
   * should the broker not answer. Never rejects.
   */
  caughtUp(channels: Iterable<number>): Promise<void>
  /** Never rejects. The message is not changed. */
  publish(message: Buffer): Promise<PublishOutcome>
  /** Leaves the broker. No `message` is called after it resolves. */
  stop(): Promise<void>
}

export interface BridgeListener {
  /** A publish of some node. The buffer may be kept, not written to. */
  message(message: Buffer): void
  /** Ready, for the first time or again. */
  ready(): void
  lost(reason: string): void
}

/** A line of the registry. Light, so that the planner can ask it: `load` imports the bridge's own module. */
export interface BridgeKindEntry {
  /** One sentence for `list` and docs. */
  readonly summary: string
  /** The broker it needs, and the scheme of its URL. */
  readonly broker: BrokerKind | null
  /** Whether the embedded broker serves it. */
  readonly isEmbeddable: boolean
  /** Whether messages carry offsets and can be read again: `Bridge.history`. */
  readonly hasHistory: boolean
  load(): Promise<BridgeModule>
}

/**
 * What a bridge's file exports. `brokerUrl` is empty when it needs no broker. A broker that answers no ping for
 * `patienceMs` is given up, though its sockets are open: it is frozen, or cut off.
 */
export interface BridgeModule {
  readonly createBridge: (brokerUrl: string, patienceMs: number) => Bridge
  /** For who is no node: a backend that publishes straight to the broker. null where there is none. */
  readonly createPublisher: ((brokerUrl: string, patienceMs: number) => BrokerPublisher) | null
}

export type BrokerKind = 'redis' | 'nats'
