/**
 * Contract of a bridge: how a node's publishes reach every node of the cluster, itself included. Every node has one
 * subscription to FANOUT_TOPIC, and what it publishes comes back to it through that too.
 */
export interface Bridge {
  /** Whether it would both take a publish and deliver what others publish. */
  readonly isReady: boolean
  /** Resolves once it is ready for the first time; keeps trying until then, and again whenever it loses its broker. */
  start(listener: BridgeListener): Promise<void>
  /** Never rejects. */
  publish(message: Buffer): Promise<PublishOutcome>
  /** Leaves the broker. No `message` is called after it resolves. */
  stop(): Promise<void>
}

/**
 * accepted: the broker confirmed it. refused: the broker never had it, or said no. unknown: it was on its way when the
 * connection broke, so it may yet be delivered.
 */
export type PublishOutcome = 'accepted' | 'refused' | 'unknown'

export interface BridgeListener {
  /** A publish of some node. The buffer may be kept, not written to. */
  message(message: Buffer): void
  /** Ready, for the first time or again. */
  ready(): void
  lost(reason: string): void
}

/** A line of the registry. Light, so that the planner can ask it: the bridge's own module is loaded by `create`. */
export interface BridgeKindEntry {
  /** One sentence for `list` and docs. */
  readonly summary: string
  /** The broker it needs. */
  readonly broker: 'redis' | null
  /** `brokerUrl` is given exactly when it needs a broker. */
  create(brokerUrl: string): Promise<Bridge>
}
