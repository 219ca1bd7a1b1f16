import { setupError } from '../../base/errors.js'
import type { Endpoint } from '../../cluster/cluster.js'
import type { TargetPlan } from '../../cluster/external/target-plan.js'
import { readFeed } from '../../plan/feed.js'
import { type HandshakeText, handshakeTextProblem, headerKind } from '../../plan/handshake-text.js'
import { createProtocol, type ProtocolName } from '../../protocols/index.js'
import { ProtocolModule } from '../../protocols/load-module.js'
import type { Protocol } from '../../protocols/protocol.js'
import { withoutFilled } from './filled.js'
import { encoded, withParameters } from './query.js'
import { type ClientIdentity, fillAll, fillValues, isPerClient, type ValueContext } from './values.js'

/** Every text is ready to be written as Latin-1: cookies are UTF-8 bytes, one character a byte. */
export interface Handshake {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** In the order of the scenario. */
  readonly cookies: readonly (readonly [name: string, value: string])[]
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

  /**
   * `channel`: the only one of the client. Throws a setupError if a filled-in text can't be sent; `validate` finds most of them
   * before.
   */
  handshakeOf(
    endpoint: Endpoint,
    identity: ClientIdentity,
    { protocol, channel }: { readonly protocol: Protocol | null; readonly channel: string },
  ): Handshake {
    const { headers, cookies, query, subprotocols, compression } = this.target
    const fill = (text: string) =>
      fillValues(
        text.replaceAll('{channel}', () => channel),
        identity,
        this.#values,
      )
    const path = fillValues(
      endpoint.path.replaceAll('{channel}', () => encoded(channel)),
      identity,
      this.#values,
      encoded,
    )
    const filled = (texts: Readonly<Record<string, string>>) =>
      Object.entries(texts).map(([name, text]) => [name, fill(text)] as const)
    const filledHeaders = filled(headers).map(([name, value]) => sendable(headerKind(name), name, value))
    const inHeaders = filledHeaders.filter(([name]) => isCookie(name)).flatMap(([, list]) => cookiesIn(list))
    const filledCookies = filled(cookies).map(([name, value]) => sendable('cookie', name, value))
    const offered = subprotocols?.map(fill) ?? protocol?.subprotocols ?? []
    return {
      path: withParameters(path, protocol?.query ?? {}, filled(query)),
      headers: Object.fromEntries(filledHeaders.filter(([name]) => !isCookie(name))),
      cookies: [...inHeaders, ...filledCookies].map(([name, value]) => [name, utf8(value)]),
      subprotocols: offered.map((text) => sendable('subprotocol', 'subprotocol', text)[1]),
      offersDeflate: compression,
    }
  }

  #create(identity: ClientIdentity): Protocol {
    const filled = fillAll(this.#options, identity, this.#values) as Record<string, unknown>
    if (this.module) return this.module.create(filled)
    return createProtocol(this.target.protocol.kind as ProtocolName, filled)
  }
}

function sendable(kind: HandshakeText, name: string, text: string): readonly [name: string, text: string] {
  const problem = handshakeTextProblem(kind, text)
  if (problem !== null) throw setupError(`${name} ${problem.what}`, `expected ${problem.expected}`)
  return [name, text]
}

function isCookie(header: string): boolean {
  return header.toLowerCase() === 'cookie'
}

function cookiesIn(list: string): [name: string, value: string][] {
  return list.split(';').map((pair) => {
    const [name = '', ...value] = pair.trim().split('=')
    return [name, value.join('=')]
  })
}

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}
