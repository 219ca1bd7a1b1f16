import type { PickName } from '../../../reference-cluster/balancer/contract.js'

/** Contract of an affinity strategy: how each balancer is configured for it, and what identifies a client. */
export interface Strategy extends PerBalancer {
  readonly name: string
  /** One sentence for `list` and docs. */
  readonly summary: string
  /**
   * What brings a client back to its node: nothing; its source address; a `cookie`, which it sends back; its `client-id`,
   * which it puts into the URL.
   */
  readonly key: 'none' | 'address' | 'cookie' | 'client-id'
}

/** How each balancer is configured; null if it does not support the strategy, which the planner then refuses. */
export interface PerBalancer {
  readonly nginx: NginxAffinity | null
  readonly haproxy: HaproxyAffinity | null
  readonly caddy: CaddyAffinity | null
  readonly apache: ApacheAffinity | null
  readonly embedded: PickName | null
}

/** nginx: `balance` is the line inside `upstream {}` (empty: round-robin); with `isCookie` the per-node map is added. */
export interface NginxAffinity {
  readonly balance: string
  readonly isCookie: boolean
}

/** HAProxy: lines of the backend, and what is appended to the `server` line of a slot. */
export interface HaproxyAffinity {
  readonly backend: readonly string[]
  readonly server: (id: string) => string
}

/** Caddy: what follows `lb_policy`. */
export interface CaddyAffinity {
  readonly policy: string
}

/** httpd: the module that chooses a member of the balancer, `lbmethod_…`. */
export interface ApacheAffinity {
  readonly method: 'byrequests' | 'bybusyness'
}

/** Those of the given balancers that support the strategy. */
export function capableOf<Kind extends keyof PerBalancer>(
  strategy: Strategy,
  kinds: readonly Kind[],
): Kind[] {
  return kinds.filter((kind) => strategy[kind] !== null)
}

/** How the balancer is configured for a strategy. It throws if the balancer does not support it, which the planner checks. */
export function affinityFor<Kind extends keyof PerBalancer>(
  strategy: Strategy,
  kind: Kind,
): NonNullable<PerBalancer[Kind]> {
  const affinity = strategy[kind]
  if (affinity === null)
    throw new Error(`${kind} does not support ${strategy.name}; the planner should have refused it`)
  return affinity
}
