import { Ring } from './ring.js'

/** A node as a strategy sees it: `index` is its place in the list, `open` its number of connections. */
export interface Candidate {
  readonly id: string
  readonly index: number
  readonly open: number
  /** In the pool, not known to have failed, not tried yet for this connection. */
  readonly isEligible: boolean
}

/** What a client can be identified by. */
export interface ClientTraits {
  readonly address: string
  /** Value of the affinity cookie. */
  readonly cookie: string | null
  /** From its URL. */
  readonly id: string | null
}

export interface PickRequest extends ClientTraits {
  /** Index of the node picked last; −1 at first. */
  readonly lastIndex: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** Chooses one of the eligible nodes; undefined when there are none. Pure, except for the random draws. */
export type Pick = (nodes: readonly Candidate[], request: PickRequest) => Candidate | undefined

/** The next eligible node after the last picked one, starting again from the top of the list. */
export const roundRobin: Pick = (nodes, { lastIndex }) => {
  const eligible = nodes.filter((node) => node.isEligible)
  return eligible.find((node) => node.index > lastIndex) ?? eligible[0]
}

/** Fewest open connections; round-robin among equals. */
export const leastConnections: Pick = (nodes, request) => {
  const eligible = nodes.filter((node) => node.isEligible)
  const fewest = Math.min(...eligible.map((node) => node.open))
  return roundRobin(
    eligible.filter((node) => node.open === fewest),
    request,
  )
}

/** Of two different eligible nodes drawn at random, the one with fewer open connections; among equals the first. */
export const randomTwo: Pick = (nodes, { random }) => {
  const eligible = nodes.filter((node) => node.isEligible)
  const draw = () => eligible.splice(Math.floor(random() * eligible.length), 1)[0]
  const [first, second] = [draw(), draw()]
  return first && second && second.open < first.open ? second : first
}

/**
 * nginx's ip_hash: keyed on the first three octets of an IPv4 address, modulo all nodes, including those out of the
 * pool. A node that is not eligible is skipped by hashing again, up to 20 times; then round-robin decides.
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

/** The next eligible node on the ring after the client's id; round-robin for clients without an id. */
export const consistentHash: Pick = (nodes, request) => {
  if (request.id === null) return roundRobin(nodes, request)
  const ring = ringOf(nodes.map((node) => node.id))
  return nodes[ring.find(request.id, (index) => nodes[index]?.isEligible === true)]
}

/** The node that the cookie names; round-robin without a cookie, or when that node is not eligible. */
export const cookie: Pick = (nodes, request) =>
  nodes.find((node) => node.isEligible && node.id === request.cookie) ?? roundRobin(nodes, request)

/** Every way to pick, by the name that affinity strategies use. */
export const picks = {
  'round-robin': roundRobin,
  'least-connections': leastConnections,
  'random-two': randomTwo,
  'ip-hash': ipHash,
  'consistent-hash': consistentHash,
  cookie,
} as const satisfies Record<string, Pick>

let newestRing: { readonly of: string; readonly ring: Ring } | undefined

/** The ring of these nodes. It is built again only when the nodes have changed. */
function ringOf(ids: readonly string[]): Ring {
  const of = ids.join()
  if (newestRing?.of !== of) newestRing = { of, ring: new Ring(ids) }
  return newestRing.ring
}

/** Three octets of IPv4, also when mapped into IPv6. Other IPv6 is keyed on its text, where nginx uses its 16 bytes. */
function hashKey(address: string): readonly number[] {
  const octets = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.\d+$/.exec(address)
  return octets ? octets.slice(1).map(Number) : [...Buffer.from(address)]
}
