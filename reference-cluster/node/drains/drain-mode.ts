import type { Client } from '../client.js'

/** Contract of a drain mode: how a node that is out of the balancer's pool sends its clients away. */
export interface DrainMode {
  /** One phrase for docs and the editor's schema. */
  readonly summary: string
  /**
   * Whether the node accepts new clients until none has come for a while, since balancers may send some after the node has
   * left their pool. Otherwise it refuses them at once.
   */
  readonly awaitsQuiet: boolean
  /**
   * Resolves once all `clients` have disconnected. `windowMs`: how long they have, or the time over which they are sent away.
   * Every mode ends within `windowMs + GRACE_MS + LAST_MS`.
   */
  drain(clients: readonly Client[], windowMs: number): Promise<void>
}
