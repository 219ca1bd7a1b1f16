import type { Plan } from '../plan/plan.js'
import type { Machine } from './machine.js'

/** Connections per second and core, shared by generator, balancer and nodes. 2 cores opened 2,000/s (docs/scale.md). */
const CONNECTS_PER_CORE = 1_000
/** An estimate for TLS handshakes, not measured. Too low costs a minute; too high fails the run. */
const TLS_FACTOR = 0.25
/** How full a listen queue may be: the kernel spreads connections by hash, and other programs connect too. */
const FILLED_SHARE = 0.5

/** Number of listen queues that clients connect to: one per process (nginx: reuseport); 0 for a target, where it is unknown. */
export function listenersOf({ processes }: Pick<Plan['cluster']['balancer'], 'processes'>): number {
  return processes
}

/**
 * A connect rate that the balancer can handle: half of what all cores could open, and at most what fits into its listen
 * queues, since up to one second's worth of connects is in progress at once.
 */
export function suitableConnectRate(
  balancer: Plan['cluster']['balancer'],
  { cores, kernel }: Machine,
): number {
  const cpuBound = (cores * CONNECTS_PER_CORE * (balancer.tls ? TLS_FACTOR : 1)) / 2
  const queueBound = listenersOf(balancer) * (kernel.listenQueue ?? DEFAULT_QUEUE) * FILLED_SHARE
  return Math.max(1, Math.floor(queueBound > 0 ? Math.min(cpuBound, queueBound) : cpuBound))
}

/** The default of somaxconn before Linux 5.4 and on other systems. */
const DEFAULT_QUEUE = 128
