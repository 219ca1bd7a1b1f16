import { nowMicros } from '../../src/base/clock.js'
import type { PickName, PooledUpstream } from './contract.js'
import { type ClientTraits, picks } from './pick.js'

/** How long a node that failed is left alone, as nginx's fail_timeout with max_fails=1. */
const SHUN_MICROS = 10_000_000

/** A node, and what the balancer knows of it. */
export interface Member {
  readonly id: string
  readonly host: string
  readonly port: number
  inPool: boolean
  /** Connections to it, those being opened included. */
  open: number
  shunnedUntilMicros: number
}

/** The nodes and who gets the next connection. Health is passive: what fails is shunned for a while. */
export class Pool {
  readonly hasCookie: boolean
  readonly #strategy: PickName
  #members: readonly Member[] = []
  #lastIndex = -1

  constructor(strategy: PickName) {
    this.#strategy = strategy
    this.hasCookie = strategy === 'cookie'
  }

  /** Nodes that stay keep what is known of them; one that comes back into the pool starts afresh. */
  replace(upstreams: readonly PooledUpstream[]): void {
    this.#members = upstreams.map(
      (upstream) => this.#kept(upstream) ?? { ...upstream, open: 0, shunnedUntilMicros: 0 },
    )
  }

  /** The node for a connection that has `tried` some already; null when none is left. Shunned ones come last. */
  choose(client: ClientTraits, tried: ReadonlySet<Member>): Member | null {
    const now = nowMicros()
    const isLeft = (member: Member) => member.inPool && !tried.has(member)
    const chosen =
      this.#pick(client, (member) => isLeft(member) && member.shunnedUntilMicros <= now) ??
      this.#pick(client, isLeft)
    return chosen ?? null
  }

  shun(member: Member): void {
    member.shunnedUntilMicros = nowMicros() + SHUN_MICROS
  }

  #pick(client: ClientTraits, isEligible: (member: Member) => boolean): Member | undefined {
    const candidates = this.#members.map((member, index) => ({
      id: member.id,
      index,
      open: member.open,
      isEligible: isEligible(member),
    }))
    const picked = picks[this.#strategy](candidates, {
      ...client,
      lastIndex: this.#lastIndex,
      random: Math.random,
    })
    if (!picked) return undefined
    this.#lastIndex = picked.index
    return this.#members[picked.index]
  }

  #kept(upstream: PooledUpstream): Member | undefined {
    const member = this.#members.find(({ id, host, port }) => {
      return id === upstream.id && host === upstream.host && port === upstream.port
    })
    if (!member) return undefined
    if (upstream.inPool && !member.inPool) member.shunnedUntilMicros = 0
    member.inPool = upstream.inPool
    return member
  }
}
