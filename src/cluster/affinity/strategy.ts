/**
 * Contract of an affinity strategy: how each balancer is told, and what it tells clients apart by. One file a strategy.
 */
export interface Strategy extends PerBalancer {
  readonly name: string
  /** One sentence for `list` and docs. */
  readonly summary: string
  /**
   * What brings a client back to its node: nothing; its source address; a `cookie`, which it must send back; its
   * `client-id`, which it must put into the URL.
   */
  readonly key: 'none' | 'address' | 'cookie' | 'client-id'
}

/** How each balancer is told; null where it can't do the strategy, which planning then refuses. */
export interface PerBalancer {
  readonly nginx: NginxAffinity | null
  readonly haproxy: HaproxyAffinity | null
  readonly embedded: EmbeddedPick | null
}

/** nginx: `balance` is the line inside `upstream {}` (empty: round-robin); `isCookie` asks for the per-node map. */
export interface NginxAffinity {
  readonly balance: string
  readonly isCookie: boolean
}

/** HAProxy: lines of the backend, and what each `server` line gets appended for slot id. */
export interface HaproxyAffinity {
  readonly backend: readonly string[]
  readonly server: (id: string) => string
}

/** Name of a function in `reference-cluster/balancer/picks`. */
export type EmbeddedPick =
  | 'round-robin'
  | 'least-connections'
  | 'random-two'
  | 'ip-hash'
  | 'consistent-hash'
  | 'cookie'

/** Name of the affinity cookie, as in the playbook. */
export const AFFINITY_COOKIE = 'WSROUTE'
