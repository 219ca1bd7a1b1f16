import { z } from 'zod'

/** JSON in the environment variable WSBENCH_PROXY. */
export const proxyConfig = z.strictObject({
  host: z.string(),
  /** Where every path ends. */
  upstream: z.strictObject({ host: z.string(), port: z.int().min(1).max(65_535) }),
  /** Number of paths; each has a port of its own. */
  paths: z.int().min(1).max(1024),
})

export type ProxyConfig = z.infer<typeof proxyConfig>

/** Parent → proxy over IPC: sets the shape of these paths, by index. Answered by `shaped`. */
export type ToProxy = {
  readonly type: 'shape'
  readonly paths: readonly number[]
  readonly shape: PathShape
}

/** Proxy → parent over IPC. `ports` are those of the paths, in order. */
export type FromProxy =
  | { readonly type: 'ready'; readonly ports: readonly number[] }
  | { readonly type: 'shaped' }
  | { readonly type: 'fault'; readonly message: string }

/** black-hole: no byte passes, no connection closes. delay: bytes arrive `delayMs` ± `jitterMs` later, in order, both ways. */
export type PathShape =
  | { readonly kind: 'clear' }
  | { readonly kind: 'black-hole' }
  | {
      readonly kind: 'delay'
      readonly delayMs: number
      readonly jitterMs: number
      readonly seed: number
    }
