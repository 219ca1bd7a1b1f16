import type { PublishHeader } from '../protocols/reference.js'

/** How one publisher hands a message over: over a WebSocket, or straight to the broker. */
export interface PublisherRoute {
  /** Opens what it needs; `isOpen` tells when. */
  connect(): void
  readonly isOpen: boolean
  /** Writes the message; false when there is no way to at this moment. */
  send(header: PublishHeader): boolean
  destroy(): void
}
