/** Contract of the publishing half of a bridge: one connection to the broker, to publish on. */
export interface BrokerPublisher {
  /** Whether it can publish now. */
  readonly isOpen: boolean
  /** Connects, and reconnects whenever the connection is lost. `changed` is called when `isOpen` may have changed. */
  open(changed: () => void): void
  /** Never rejects, does not wait for a connection, and does not change the message. */
  publish(message: Buffer): Promise<PublishOutcome>
  /** Resolves when the connection is closed, after a short deadline even if the broker does not answer. */
  close(): Promise<void>
}

/**
 * accepted: the broker confirmed it. refused: it was not sent, or the broker returned an error. unknown: it was in flight
 * when the connection was lost, and may still be delivered.
 */
export type PublishOutcome = 'accepted' | 'refused' | 'unknown'
