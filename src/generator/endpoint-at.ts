import type { Endpoint } from '../cluster/cluster.js'

/** The endpoint of a client or publisher, with the one of its addresses that it connects to. `turn`: how often that has failed. */
export function endpointAt(
  endpoints: readonly Endpoint[],
  index: number,
  turn = 0,
): Endpoint & { readonly address?: string | undefined } {
  const endpoint = endpoints[index % endpoints.length]!
  const { addresses = [] } = endpoint
  const place = Math.floor(index / endpoints.length) + turn
  return { ...endpoint, address: addresses[place % addresses.length] }
}
