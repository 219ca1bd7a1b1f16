import { CLIENT_SUBNETS, gatewayOf, HOSTS_PER_SUBNET } from './address.js'
import type { Machine } from './machine.js'
import type { AddressPlan } from './plan.js'
import type { Scenario } from './schema.js'

const SPREAD_ADDRESSES = CLIENT_SUBNETS * HOSTS_PER_SUBNET

/** Where clients connect from. */
export function planAddresses(wanted: Scenario['clients']['addresses'], machine: Machine): AddressPlan {
  if (!machine.hasLoopbackRange) return { kind: 'single' }
  return wanted ? { kind: 'gateways', ...wanted } : { kind: 'spread' }
}

/** How many connections come from the address with the most. */
export function connectionsOfBusiestAddress(plan: AddressPlan, seed: number, connections: number): number {
  if (plan.kind === 'single') return connections
  if (plan.kind === 'spread') return Math.ceil(connections / SPREAD_ADDRESSES)
  const held = new Uint32Array(plan.gateways)
  for (let client = 0; client < connections; client += 1) {
    const gateway = gatewayOf(plan, seed, client)
    held[gateway] = (held[gateway] ?? 0) + 1
  }
  return held.reduce((most, clients) => Math.max(most, clients), 0)
}
