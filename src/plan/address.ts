import { hash32 } from '../base/random.js'
import type { AddressPlan } from './plan.js'

/** /24s in 127.1.0.0 – 127.249.255.0; what is above is left to servers' own addresses. */
export const CLIENT_SUBNETS = 249 * 256
export const HOSTS_PER_SUBNET = 254

/**
 * Source address of a client for life, undefined: any. Publishers count on after the clients. Pure: every process that
 * asks gets the same answer.
 */
export function addressOf(plan: AddressPlan, seed: number, client: number): string | undefined {
  switch (plan.kind) {
    case 'single':
      return undefined
    case 'spread':
      return loopback(client % CLIENT_SUBNETS, 1 + (Math.floor(client / CLIENT_SUBNETS) % HOSTS_PER_SUBNET))
    case 'list':
      return plan.list[client % plan.list.length]
    case 'gateways':
      return loopback(gatewayOf(plan, seed, client), 1)
  }
}

/** Which gateway a client sits behind: a Zipf draw, P(g) ∝ 1 / (g + 1)^skew. */
export function gatewayOf(plan: AddressPlan & { kind: 'gateways' }, seed: number, client: number): number {
  const cumulative = cumulativeWeights(plan)
  const drawn = (hash32(seed, client) / 2 ** 32) * (cumulative.at(-1) ?? 0)
  let low = 0
  let high = cumulative.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((cumulative[middle] ?? 0) > drawn) high = middle
    else low = middle + 1
  }
  return low
}

/** ip-hash of nginx looks at the first three octets only, so the subnet is what tells clients apart. */
function loopback(subnet: number, host: number): string {
  return `127.${1 + (subnet >>> 8)}.${subnet & 255}.${host}`
}

const remembered = new WeakMap<AddressPlan, Float64Array>()

function cumulativeWeights(plan: AddressPlan & { kind: 'gateways' }): Float64Array {
  const known = remembered.get(plan)
  if (known) return known
  const cumulative = new Float64Array(plan.gateways)
  let sum = 0
  for (let gateway = 0; gateway < plan.gateways; gateway += 1) {
    sum += (gateway + 1) ** -plan.skew
    cumulative[gateway] = sum
  }
  remembered.set(plan, cumulative)
  return cumulative
}
