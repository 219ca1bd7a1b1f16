import type { PerBalancer, Strategy } from './strategy.js'

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
