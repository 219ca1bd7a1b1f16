import { z } from 'zod'
import { picks } from './pick.js'

const upstream = z.strictObject({
  /** Also the value of the affinity cookie. */
  id: z.string().regex(/^[\w-]+$/, 'letters, digits, _ and - only: it becomes a cookie value'),
  host: z.string(),
  port: z.int().min(1).max(65_535),
})

export type PickName = keyof typeof picks
const pickNames = Object.keys(picks) as [PickName, ...PickName[]]

/** JSON in the environment variable WSBENCH_BALANCER. */
export const balancerConfig = z.strictObject({
  host: z.string(),
  /** 0: any free port; `ready` says which. */
  port: z.int().min(0).max(65_535),
  strategy: z.enum(pickNames),
  /** PEM files to terminate TLS with; null: plain TCP. */
  tls: z.strictObject({ certificateFile: z.string(), keyFile: z.string() }).nullable(),
  /** All of them are in the pool. */
  upstreams: z.array(upstream),
})

export type BalancerConfig = z.infer<typeof balancerConfig>

/** A node, as sent to the balancer. Out of the pool it gets no new connections; open ones stay. */
export type PooledUpstream = z.infer<typeof upstream> & { readonly inPool: boolean }

/**
 * Parent → balancer over IPC: the whole list. ip-hash depends on the order, so a node that leaves is better kept with
 * `inPool: false` than removed: the others then keep their clients. Answered by `applied`, in order.
 */
export type ToBalancer = { readonly type: 'upstreams'; readonly upstreams: readonly PooledUpstream[] }

/** Balancer → parent over IPC. */
export type FromBalancer =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'applied' }
  | { readonly type: 'fault'; readonly message: string }
