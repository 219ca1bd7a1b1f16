/**
 * A cluster of the user's own. Strings in `headers`, `cookies`, `query` and the protocol's options are templates: `{env:…}` and
 * `{feed:…}` are filled in when a client connects, so that the values never are in a plan.
 */
export interface TargetPlan {
  readonly urls: readonly { readonly url: string; readonly weight: number }[]
  /** For kind `module`, `options.module` is an absolute path. */
  readonly protocol: { readonly kind: string; readonly options: Readonly<Record<string, unknown>> }
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Null: those of the protocol. */
  readonly subprotocols: readonly string[] | null
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
  /** `file` is an absolute path; `encoding`: null if the file shows it. Null: no feed. */
  readonly feed: { readonly file: string; readonly encoding: string | null } | null
  /** By part: the URL of its Prometheus metrics. */
  readonly stats: Readonly<Record<string, string>>
  readonly node: { readonly from: 'header' | 'cookie' | 'message'; readonly name: string } | null
}
