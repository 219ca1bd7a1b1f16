/**
 * Contract of an affinity strategy: how each balancer is told, and what a client must carry. One file a strategy.
 */
export interface Strategy {
  readonly name: string
  /** One sentence for `list` and docs. */
  readonly summary: string
  /** Clients must send back the cookies they were given. */
  readonly needsCookies: boolean
  readonly nginx: NginxAffinity
  readonly haproxy: HaproxyAffinity
  readonly embedded: 'round-robin' | 'least-connections' | 'ip-hash' | 'cookie'
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

/** Name of the affinity cookie, as in the playbook. */
export const AFFINITY_COOKIE = 'WSROUTE'
