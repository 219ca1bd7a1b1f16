/**
 * A cluster of the user's own. Strings of `headers`, `cookies`, `query` and of the protocol's options are templates: what they
 * hold of `{env:…}` and `{feed:…}` is filled in where a client connects, and is in no plan.
 */
export interface TargetPlan {
  readonly urls: readonly { readonly url: string; readonly weight: number }[]
  /** module: `options.module` is the absolute path of one. */
  readonly protocol: { readonly kind: string; readonly options: Readonly<Record<string, unknown>> }
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly subprotocols: readonly string[]
  /** Whether permessage-deflate is offered. */
  readonly compression: boolean
  /** Absolute paths of PEM files; null: none. */
  readonly tls: {
    readonly ca: string | null
    readonly cert: string | null
    readonly key: string | null
    readonly serverName: string | null
    readonly isInsecure: boolean
  }
  /** Absolute path; null: none. */
  readonly feed: string | null
  /** By part: where its Prometheus metrics are. */
  readonly stats: Readonly<Record<string, string>>
  readonly node: { readonly from: 'header' | 'cookie' | 'message'; readonly name: string } | null
}
