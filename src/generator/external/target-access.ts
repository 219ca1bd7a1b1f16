import type { Endpoint } from '../../cluster/cluster.js'
import type { TargetPlan } from '../../cluster/external/target-plan.js'
import { readFeed } from '../../plan/feed.js'
import { createProtocol, type ProtocolName } from '../../protocols/index.js'
import { ProtocolModule } from '../../protocols/load-module.js'
import type { Protocol } from '../../protocols/protocol.js'
import { withoutFilled } from './filled.js'
import { type ClientIdentity, fillAll, fillValues, isPerClient, type ValueContext } from './values.js'

export interface Handshake {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: string
  readonly subprotocols: readonly string[]
  readonly offersDeflate: boolean
}

/** What each client sends in its handshake with a target, and the protocol that it speaks. */
export class TargetAccess {
  readonly #values: ValueContext
  /** Settings of the protocol; of a user's module, those that it is given. */
  readonly #options: Readonly<Record<string, unknown>>
  /** The protocol of all clients; null if its settings differ from client to client. */
  readonly #shared: Protocol | null
  readonly #own = new Map<string, Protocol>()

  private constructor(
    readonly target: TargetPlan,
    seed: number,
    readonly module: ProtocolModule | null,
  ) {
    const feed = target.feed === null ? [] : readFeed(target.feed)
    const { options } = target.protocol
    this.#values = { seed, feed, env: process.env }
    this.#options = module ? (options as { readonly options: Record<string, unknown> }).options : options
    this.#shared = isPerClient(this.#options) ? null : this.#create({ id: '', index: 0 })
  }

  /** Throws a setupError if the feed or the module can't be read. */
  static async open(target: TargetPlan, seed: number): Promise<TargetAccess> {
    const { kind, options } = target.protocol
    const file = (options as { readonly module?: string }).module
    const module = kind === 'module' ? await ProtocolModule.load(file!, withoutFilled) : null
    return new TargetAccess(target, seed, module)
  }

  /** The same object on every call for a client. */
  protocolOf(identity: ClientIdentity): Protocol {
    const protocol = this.#shared ?? this.#own.get(identity.id) ?? this.#create(identity)
    if (this.#shared === null) this.#own.set(identity.id, protocol)
    return protocol
  }

  handshakeOf(endpoint: Endpoint, identity: ClientIdentity, protocol: Protocol | null): Handshake {
    const { headers, cookies, query, subprotocols, compression } = this.target
    const fill = (text: string) => fillValues(text, identity, this.#values)
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
      subprotocols: subprotocols.length > 0 ? subprotocols.map(fill) : (protocol?.subprotocols ?? []),
      offersDeflate: compression,
    }
  }

  #create(identity: ClientIdentity): Protocol {
    const filled = fillAll(this.#options, identity, this.#values) as Record<string, unknown>
    if (this.module) return this.module.create(filled)
    return createProtocol(this.target.protocol.kind as ProtocolName, filled)
  }
}
