import type { Client } from '../client.js'

/** Contract of a drain mode: how a node that is out of the balancer's pool gets rid of its clients. */
export interface DrainMode {
  /** One phrase for docs and the editor's schema. */
  readonly summary: string
  /**
   * Whether it takes newcomers until none has come for a while: balancers send some after the node left their pool.
   * Else it refuses them at once.
   */
  readonly awaitsQuiet: boolean
  /**
   * Resolves once none of `clients` is left. `windowMs`: how long they have, or how long it takes to tell them all; no
   * mode takes longer than that by more than GRACE_MS + LAST_MS.
   */
  drain(clients: readonly Client[], windowMs: number): Promise<void>
}
