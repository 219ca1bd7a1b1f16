import type { Plan } from '../plan/plan.js'
import type { Machine } from './machine.js'

/** What a core that generator, balancer and nodes share opens; 2 cores took 2,000 a second (docs/scale.md). */
const CONNECTS_PER_CORE = 1_000
/** An allowance for TLS handshakes, not a measurement: too slow costs a minute, too fast the run. */
const TLS_FACTOR = 0.25
/** Of a listen queue: the kernel deals by hash, and others connect too. */
const FILLED_SHARE = 0.5

/** Listen queues that take the clients' connections: nginx has one for each worker (reuseport); a target's are not ours to know. */
export function listenersOf({ processes }: Pick<Plan['cluster']['balancer'], 'processes'>): number {
  return processes
}

/**
 * A rate of connects that the balancer takes: half of what all the cores could open, and never more than its listen queues
 * hold of a second's worth, which is the most that is under way at once.
 */
export function suitableConnectRate(
  balancer: Plan['cluster']['balancer'],
  { cores, kernel }: Machine,
): number {
  const cpuBound = (cores * CONNECTS_PER_CORE * (balancer.tls ? TLS_FACTOR : 1)) / 2
  const queueBound = listenersOf(balancer) * (kernel.listenQueue ?? LEAST_QUEUE) * FILLED_SHARE
  return Math.max(1, Math.floor(queueBound > 0 ? Math.min(cpuBound, queueBound) : cpuBound))
}

/** somaxconn's default before Linux 5.4, and elsewhere. */
const LEAST_QUEUE = 128
