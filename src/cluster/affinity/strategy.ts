import type { PickName } from '../../../reference-cluster/balancer/contract.js'

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
  readonly embedded: PickName | null
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

/** Balancers, of those given, that can do a strategy. */
export function capableOf<Kind extends keyof PerBalancer>(
  strategy: Strategy,
  kinds: readonly Kind[],
): Kind[] {
  return kinds.filter((kind) => strategy[kind] !== null)
}

/** How a balancer is told of a strategy that planning let through. */
export function affinityFor<Kind extends keyof PerBalancer>(
  strategy: Strategy,
  kind: Kind,
): NonNullable<PerBalancer[Kind]> {
  const affinity = strategy[kind]
  if (affinity === null)
    throw new Error(`${kind} can't do ${strategy.name}, and should not have been asked to`)
  return affinity
}
