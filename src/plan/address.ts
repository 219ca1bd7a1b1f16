import { hash32 } from '../base/random.js'
import type { AddressPlan } from './plan.js'

/** Number of /24s in 127.1.0.0 – 127.249.255.0; higher addresses are reserved for servers. */
export const CLIENT_SUBNETS = 249 * 256
export const HOSTS_PER_SUBNET = 254

/**
 * Source address of a client for the whole run; undefined: the kernel picks one. Publishers are numbered after the clients.
 * The result depends on the arguments only, so every process computes the same address.
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

/** The gateway that a client is behind, drawn from a Zipf distribution: P(g) ∝ 1 / (g + 1)^skew. */
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

/** nginx's ip-hash uses the first three octets only, so clients must differ in their subnet. */
function loopback(subnet: number, host: number): string {
  return `127.${1 + (subnet >>> 8)}.${subnet & 255}.${host}`
}

const weightsByPlan = new WeakMap<AddressPlan, Float64Array>()

function cumulativeWeights(plan: AddressPlan & { kind: 'gateways' }): Float64Array {
  const known = weightsByPlan.get(plan)
  if (known) return known
  const cumulative = new Float64Array(plan.gateways)
  let sum = 0
  for (let gateway = 0; gateway < plan.gateways; gateway += 1) {
    sum += (gateway + 1) ** -plan.skew
    cumulative[gateway] = sum
  }
  weightsByPlan.set(plan, cumulative)
  return cumulative
}
