/** Contract of the publishing half of a bridge: one connection to the broker that messages are put on it through. */
export interface BrokerPublisher {
  /** Whether a publish has a way to the broker now. */
  readonly isOpen: boolean
  /** Connects, and again whenever the connection breaks. `changed` is called when `isOpen` may have changed. */
  open(changed: () => void): void
  /** Never rejects, nor waits for a connection. The message is not changed. */
  publish(message: Buffer): Promise<PublishOutcome>
  /** Resolves when the connection is gone; soon, even when the broker does not answer. */
  close(): Promise<void>
}

/**
 * accepted: the broker confirmed it. refused: the broker never had it, or said no. unknown: it was on its way when the
 * connection broke, so it may yet be delivered.
 */
export type PublishOutcome = 'accepted' | 'refused' | 'unknown'
