import type { PerBalancer } from '../affinity/strategy.js'
import { findBinary } from '../binaries.js'
import { apache } from './apache.js'
import type { Balancer } from './balancer.js'
import { caddy } from './caddy.js'
import { embedded } from './embedded.js'
import { haproxy } from './haproxy.js'
import { nginx } from './nginx.js'

/** Every balancer, by the name a scenario uses. */
export const balancers = { nginx, haproxy, caddy, apache, embedded } as const satisfies Record<
  keyof PerBalancer,
  Balancer
>

export type BalancerKind = keyof typeof balancers

/** Absolute path of its program on the PATH; null when there is none, or it is embedded. */
export function findBalancer(kind: BalancerKind): string | null {
  const names = balancers[kind].program?.names ?? []
  return names.map((name) => findBinary(name)).find((path) => path !== null) ?? null
}
