import { BlockList, isIPv6 } from 'node:net'
import { setupError } from '../base/errors.js'
import { CLIENT_SUBNETS, gatewayOf, HOSTS_PER_SUBNET } from '../plan/address.js'
import type { AddressPlan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'
import { urlsOf } from '../scenarios/target-schema.js'
import type { Machine } from './machine.js'

const SPREAD_ADDRESSES = CLIENT_SUBNETS * HOSTS_PER_SUBNET

/** Where clients connect from. Throws a setupError for listed addresses that this machine does not have. */
export function planAddresses(scenario: Scenario, machine: Machine): AddressPlan {
  const { gateways, skew = 1, list } = scenario.clients.addresses ?? {}
  if (list !== undefined && !usesContainers(scenario)) {
    requireOwnAddresses(list, machine)
    return { kind: 'list', list }
  }
  if (!machine.hasLoopbackRange || !isOnLoopback(scenario) || usesContainers(scenario))
    return { kind: 'single' }
  return gateways === undefined ? { kind: 'spread' } : { kind: 'gateways', gateways, skew }
}

/** A target can only be reached from 127.… addresses if it has one itself. */
function isOnLoopback({ target }: Scenario): boolean {
  return !target || urlsOf(target).every((url) => /^127\./.test(new URL(url).hostname))
}

/** Containers see all connections through a published port as coming from one address. */
function usesContainers({ target, cluster }: Scenario): boolean {
  return target === undefined && cluster.driver === 'compose'
}

function requireOwnAddresses(list: readonly string[], { addresses, hasLoopbackRange }: Machine): void {
  // An IPv6 address has many spellings; a BlockList compares the addresses themselves.
  const own = new BlockList()
  for (const address of addresses) own.addAddress(address, familyOf(address))
  if (hasLoopbackRange) own.addSubnet('127.0.0.0', 8)
  const missing = list.filter((address) => !own.check(address, familyOf(address)))
  if (missing.length === 0) return
  throw setupError(
    `clients.addresses.list: ${missing.join(', ')} ${missing.length === 1 ? 'is not an address' : 'are not addresses'} of this machine`,
    `ip -brief address lists its addresses; ip address add ${missing[0]}/${isIPv6(missing[0]!) ? 128 : 32} dev <interface> adds one`,
  )
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}

/** The number of connections from the most used address. */
export function connectionsOfBusiestAddress(plan: AddressPlan, seed: number, connections: number): number {
  switch (plan.kind) {
    case 'single':
      return connections
    case 'spread':
      return Math.ceil(connections / SPREAD_ADDRESSES)
    case 'list':
      return Math.ceil(connections / plan.list.length)
    case 'gateways':
      return busiestGateway(plan, seed, connections)
  }
}

function busiestGateway(plan: AddressPlan & { kind: 'gateways' }, seed: number, connections: number): number {
  const counts = new Uint32Array(plan.gateways)
  for (let client = 0; client < connections; client += 1) {
    const gateway = gatewayOf(plan, seed, client)
    counts[gateway] = (counts[gateway] ?? 0) + 1
  }
  return counts.reduce((most, count) => Math.max(most, count), 0)
}
