import type { PerBalancer } from '../affinity/strategy.js'
import type { Balancer } from './balancer.js'
import { embedded } from './embedded.js'
import { haproxy } from './haproxy.js'
import { nginx } from './nginx.js'

/** Every balancer, by the name a scenario uses. */
export const balancers = { nginx, haproxy, embedded } as const satisfies Record<keyof PerBalancer, Balancer>

export type BalancerKind = keyof typeof balancers
