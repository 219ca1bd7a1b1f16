import { z } from 'zod'

/** JSON in the environment variable WSBENCH_PROXY. */
export const proxyConfig = z.strictObject({
  host: z.string(),
  /** Where every link leads. */
  upstream: z.strictObject({ host: z.string(), port: z.int().min(1).max(65_535) }),
  /** How many links there are, each with a port of its own. */
  links: z.int().min(1).max(1024),
})

export type ProxyConfig = z.infer<typeof proxyConfig>

/** Parent → proxy over IPC: how these links, by index, are from now on. Answered by `shaped`. */
export type ToProxy = {
  readonly type: 'shape'
  readonly links: readonly number[]
  readonly shape: PathShape
}

/** Proxy → parent over IPC. `ports` are the links', in order. */
export type FromProxy =
  | { readonly type: 'ready'; readonly ports: readonly number[] }
  | { readonly type: 'shaped' }
  | { readonly type: 'fault'; readonly message: string }

/**
 * black-hole: nothing passes and nothing closes. delay: all comes `delayMs` ± `jitterMs` later, in order, each way.
 */
export type PathShape =
  | { readonly kind: 'clear' }
  | { readonly kind: 'black-hole' }
  | {
      readonly kind: 'delay'
      readonly delayMs: number
      readonly jitterMs: number
      readonly seed: number
    }
