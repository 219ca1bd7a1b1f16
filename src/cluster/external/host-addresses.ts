import { promises as dns, type LookupAddress } from 'node:dns'
import { connect, isIP } from 'node:net'
import { setupError } from '../../base/errors.js'
import type { Endpoint } from '../cluster.js'

/** Clients do not use more of one host. */
const MAX_ADDRESSES = 16
const CONNECT_MS = 2_000

export interface Located {
  readonly endpoints: readonly Endpoint[]
  /** For the reader of the result. */
  readonly notes: readonly string[]
}

type Lookup = (host: string, family: number) => Promise<readonly LookupAddress[]>

const systemLookup: Lookup = (host, family) => dns.lookup(host, { all: true, family })

/**
 * Endpoints with the addresses of their hosts, looked up once. Of a host with several, those that accept no connection are left out,
 * as browsers go on to the next. `family`: 4, 6, or 0 for both. Throws a setupError for a host without an address.
 */
export async function withAddresses(
  endpoints: readonly Endpoint[],
  family: number,
  lookup: Lookup = systemLookup,
): Promise<Located> {
  const distinct = [...new Set(endpoints)]
  const located = await Promise.all(distinct.map((endpoint) => locate(endpoint, family, lookup)))
  return {
    endpoints: endpoints.map((endpoint) => located[distinct.indexOf(endpoint)]!.endpoint),
    notes: [...new Set(located.flatMap(({ notes }) => notes))],
  }
}

async function locate(endpoint: Endpoint, family: number, lookup: Lookup) {
  const { host, port } = endpoint
  if (isIP(host) !== 0) return { endpoint, notes: [] }
  const found = await lookup(host, family).catch((error: NodeJS.ErrnoException) => {
    throw setupError(`target ${host} has no address: ${error.code}`, 'check the host of target.url', error)
  })
  const all = [...new Set(found.map(({ address }) => address))].slice(0, MAX_ADDRESSES)
  if (all.length < 2) return { endpoint: { ...endpoint, addresses: all }, notes: [] }
  const accepting = await Promise.all(all.map((address) => acceptsConnections(address, port)))
  const used = all.filter((_, index) => accepting[index])
  const rest = all.filter((_, index) => !accepting[index])
  // If none accepts, the first connection says why.
  if (used.length === 0) return { endpoint: { ...endpoint, addresses: all }, notes: [] }
  const notes = [
    `${host} has ${all.length} addresses. ${used.length > 1 ? 'Connections use them in turn' : 'Connections use'}: ${used.join(', ')}.` +
      (rest.length > 0 ? ` Port ${port} accepts no connection at ${rest.join(', ')}.` : ''),
  ]
  return { endpoint: { ...endpoint, addresses: used }, notes }
}

function acceptsConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS })
    const conclude = (isAccepted: boolean) => {
      socket.destroy()
      resolve(isAccepted)
    }
    socket.once('connect', () => conclude(true))
    socket.once('timeout', () => conclude(false))
    socket.once('error', () => conclude(false))
  })
}
