import type { PublishHeader } from '../protocols/reference.js'

/** How a publisher sends its messages: over a WebSocket, or straight to the broker. */
export interface PublisherRoute {
  /** Starts to open its connection; `isOpen` says when it is open. */
  connect(): void
  readonly isOpen: boolean
  /** The number of its last refusal; null if it got in, or has no connection of its own. It did not if each time it was soon closed. */
  readonly refusalIfAbsent: number | null
  /** Writes the message; false if there is no open connection. */
  send(header: PublishHeader): boolean
  destroy(): void
}
