import { Ring } from './ring.js'

/** A node as a strategy sees it: `index` is its place in the list, `open` how many connections it has. */
export interface Candidate {
  readonly id: string
  readonly index: number
  readonly open: number
  /** In the pool, not known to be dead, not tried yet for this connection. */
  readonly isEligible: boolean
}

/** What a client can be told apart by. */
export interface ClientTraits {
  readonly address: string
  /** Value of the affinity cookie. */
  readonly cookie: string | null
  /** As in its URL. */
  readonly id: string | null
}

export interface PickRequest extends ClientTraits {
  /** Index of the node picked last; −1 at first. */
  readonly lastIndex: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** Chooses among the eligible of all nodes; undefined when there are none. Pure but for the draws. */
export type Pick = (nodes: readonly Candidate[], request: PickRequest) => Candidate | undefined

/** The eligible node that follows the last picked one in the list, which is taken as a ring. */
export const roundRobin: Pick = (nodes, { lastIndex }) => {
  const eligible = nodes.filter((node) => node.isEligible)
  return eligible.find((node) => node.index > lastIndex) ?? eligible[0]
}

/** Fewest open connections; among equals round-robin. */
export const leastConnections: Pick = (nodes, request) => {
  const eligible = nodes.filter((node) => node.isEligible)
  const fewest = Math.min(...eligible.map((node) => node.open))
  return roundRobin(
    eligible.filter((node) => node.open === fewest),
    request,
  )
}

/** Two different eligible nodes at random, the one with fewer open connections; the first drawn among equals. */
export const randomTwo: Pick = (nodes, { random }) => {
  const eligible = nodes.filter((node) => node.isEligible)
  const draw = () => eligible.splice(Math.floor(random() * eligible.length), 1)[0]
  const [first, second] = [draw(), draw()]
  return first && second && second.open < first.open ? second : first
}

/**
 * nginx's ip_hash: keyed on the first three octets of an IPv4 address, modulo all nodes, those out of the pool
 * included; a node that can't be had is hashed past, 20 times, then round-robin decides.
 */
export const ipHash: Pick = (nodes, request) => {
  let hash = 89
  for (let attempt = 0; attempt <= 20 && nodes.length > 0; attempt += 1) {
    for (const byte of hashKey(request.address)) hash = (hash * 113 + byte) % 6271
    const node = nodes[hash % nodes.length]
    if (node?.isEligible) return node
  }
  return roundRobin(nodes, request)
}

/** The next eligible node on the ring from the client's id on; round-robin for who has none. */
export const consistentHash: Pick = (nodes, request) => {
  if (request.id === null) return roundRobin(nodes, request)
  const ring = ringOf(nodes.map((node) => node.id))
  return nodes[ring.find(request.id, (index) => nodes[index]?.isEligible === true)]
}

/** The node the cookie names; round-robin for who has none or whose node can't be had. */
export const cookie: Pick = (nodes, request) =>
  nodes.find((node) => node.isEligible && node.id === request.cookie) ?? roundRobin(nodes, request)

/** Every way to pick, by the name an affinity strategy uses. */
export const picks = {
  'round-robin': roundRobin,
  'least-connections': leastConnections,
  'random-two': randomTwo,
  'ip-hash': ipHash,
  'consistent-hash': consistentHash,
  cookie,
} as const satisfies Record<string, Pick>

let newestRing: { readonly of: string; readonly ring: Ring } | undefined

/** The ring of these nodes, which is made anew only when others are asked for. */
function ringOf(ids: readonly string[]): Ring {
  const of = ids.join()
  if (newestRing?.of !== of) newestRing = { of, ring: new Ring(ids) }
  return newestRing.ring
}

/** Three octets of IPv4, also when mapped into IPv6. Other IPv6 is keyed on its text: all of it, where nginx has 16 bytes. */
function hashKey(address: string): readonly number[] {
  const octets = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.\d+$/.exec(address)
  return octets ? octets.slice(1).map(Number) : [...Buffer.from(address)]
}
