import { z } from 'zod'
import { picks } from './pick.js'

const upstream = z.strictObject({
  /** Also the value of the affinity cookie. */
  id: z.string().regex(/^[\w-]+$/, 'letters, digits, _ and -: it goes into a cookie'),
  host: z.string(),
  port: z.int().min(1).max(65_535),
})

export type PickName = keyof typeof picks
const pickNames = Object.keys(picks) as [PickName, ...PickName[]]

/** JSON in the environment variable WSBENCH_BALANCER. */
export const balancerConfig = z.strictObject({
  host: z.string(),
  /** 0: any free port, told in `ready`. */
  port: z.int().min(0).max(65_535),
  strategy: z.enum(pickNames),
  /** PEM files to terminate TLS with; null: plain. */
  tls: z.strictObject({ certificateFile: z.string(), keyFile: z.string() }).nullable(),
  /** All in the pool. */
  upstreams: z.array(upstream),
})

export type BalancerConfig = z.infer<typeof balancerConfig>

/** A node as the balancer is told of it. Out of the pool it gets no new connections; those open stay. */
export type PooledUpstream = z.infer<typeof upstream> & { readonly inPool: boolean }

/**
 * Parent → balancer over IPC: the whole list, in the order that ip-hash counts in. A node that leaves is better kept
 * with `inPool: false` than left out, for the others then keep their clients. Answered by `applied`, in order.
 */
export type ToBalancer = { readonly type: 'upstreams'; readonly upstreams: readonly PooledUpstream[] }

/** Balancer → parent over IPC. */
export type FromBalancer =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'applied' }
  | { readonly type: 'fault'; readonly message: string }
