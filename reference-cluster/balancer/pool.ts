import { nowMicros } from '../../src/base/clock.js'
import type { PickName, PooledUpstream } from './contract.js'
import { type ClientTraits, picks } from './pick.js'

/** How long a node that failed is avoided: nginx's fail_timeout, with max_fails=1. */
const AVOID_MICROS = 10_000_000

/** A node and its state. */
export interface Member {
  readonly id: string
  readonly host: string
  readonly port: number
  inPool: boolean
  /** Connections to it, including those being opened. */
  open: number
  avoidedUntilMicros: number
}

/** The nodes, and which of them gets the next connection. Health is passive: a node that fails is avoided for a while. */
export class Pool {
  readonly hasCookie: boolean
  readonly #strategy: PickName
  #members: readonly Member[] = []
  #lastIndex = -1

  constructor(strategy: PickName) {
    this.#strategy = strategy
    this.hasCookie = strategy === 'cookie'
  }

  /** Nodes that stay keep their state; one that returns to the pool is no longer avoided. */
  replace(upstreams: readonly PooledUpstream[]): void {
    this.#members = upstreams.map(
      (upstream) => this.#kept(upstream) ?? { ...upstream, open: 0, avoidedUntilMicros: 0 },
    )
  }

  /** The node for a connection that has `tried` some already; null when none is left. Avoided nodes come last. */
  choose(client: ClientTraits, tried: ReadonlySet<Member>): Member | null {
    const now = nowMicros()
    const isLeft = (member: Member) => member.inPool && !tried.has(member)
    const chosen =
      this.#pick(client, (member) => isLeft(member) && member.avoidedUntilMicros <= now) ??
      this.#pick(client, isLeft)
    return chosen ?? null
  }

  avoid(member: Member): void {
    member.avoidedUntilMicros = nowMicros() + AVOID_MICROS
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
    if (upstream.inPool && !member.inPool) member.avoidedUntilMicros = 0
    member.inPool = upstream.inPool
    return member
  }
}
