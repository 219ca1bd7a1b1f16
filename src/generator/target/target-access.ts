import type { Endpoint } from '../../cluster/cluster.js'
import { createProtocol, type ProtocolName } from '../../protocols/index.js'
import { loadModule } from '../../protocols/load-module.js'
import type { Protocol } from '../../protocols/protocol.js'
import type { TargetPlan } from '../../scenarios/target-plan.js'
import { readFeed } from './feed.js'
import { fillAll, fillValues, type ValueContext, type Whose } from './values.js'

export interface Handshake {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: string
  readonly subprotocols: readonly string[]
  readonly offersDeflate: boolean
}

/** How clients get at a target: what each sends in its handshake, and the protocol it speaks. */
export class TargetAccess {
  readonly #values: ValueContext
  readonly #module: Protocol | null
  #shared: Protocol | null = null

  private constructor(
    readonly target: TargetPlan,
    seed: number,
    module: Protocol | null,
  ) {
    const feed = target.feed === null ? [] : readFeed(target.feed)
    this.#values = { seed, feed, env: process.env }
    this.#module = module
  }

  /** Throws a setupError where the feed or the module can't be read. */
  static async open(target: TargetPlan, seed: number): Promise<TargetAccess> {
    const { kind, options } = target.protocol
    const { module, options: own } = options as { readonly module?: string; readonly options?: unknown }
    if (kind !== 'module') return new TargetAccess(target, seed, null)
    const access = new TargetAccess(target, seed, null)
    const filled = fillAll(own ?? {}, { id: '{client}', index: 0 }, access.#values) as Record<string, unknown>
    return new TargetAccess(target, seed, await loadModule(module!, filled))
  }

  protocolOf(whose: Whose): Protocol {
    if (this.#module) return this.#module
    const { kind, options } = this.target.protocol
    if (this.#shared) return this.#shared
    const isSame = !/\{(?:client|uuid|feed:)/.test(JSON.stringify(options))
    const filled = fillAll(options, whose, this.#values) as Record<string, unknown>
    const protocol = createProtocol(kind as ProtocolName, filled)
    if (isSame) this.#shared = protocol
    return protocol
  }

  handshakeOf(endpoint: Endpoint, whose: Whose, protocol: Protocol | null): Handshake {
    const { headers, cookies, query, subprotocols, compression } = this.target
    const fill = (text: string) => fillValues(text, whose, this.#values)
    const url = new URL(endpoint.path, 'ws://host')
    for (const [name, value] of Object.entries(protocol?.query ?? {})) {
      if (!url.searchParams.has(name)) url.searchParams.set(name, value)
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, fill(value))
    return {
      path: url.pathname + url.search,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)])),
      cookies: Object.entries(cookies)
        .map(([name, value]) => `${name}=${fill(value)}`)
        .join('; '),
      subprotocols: subprotocols.length > 0 ? subprotocols : (protocol?.subprotocols ?? []),
      offersDeflate: compression,
    }
  }
}
