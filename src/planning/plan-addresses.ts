import { BlockList, isIPv6 } from 'node:net'
import { setupError } from '../base/errors.js'
import { CLIENT_SUBNETS, gatewayOf, HOSTS_PER_SUBNET } from '../plan/address.js'
import type { AddressPlan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'
import type { Machine } from './machine.js'

const SPREAD_ADDRESSES = CLIENT_SUBNETS * HOSTS_PER_SUBNET

/** Where clients connect from. Throws a setupError that names a listed address which is not this machine's. */
export function planAddresses(scenario: Scenario, machine: Machine): AddressPlan {
  const { gateways, skew = 1, list } = scenario.clients.addresses ?? {}
  if (list !== undefined && !isContained(scenario)) {
    enforceThirdPartyLimits(list, machine)
    return { kind: 'list', list }
  }
  if (!machine.hasLoopbackRange || !isNear(scenario) || isContained(scenario)) return { kind: 'single' }
  return gateways === undefined ? { kind: 'spread' } : { kind: 'gateways', gateways, skew }
}

/** Only a target on 127.… can be reached from any address of it. */
function isNear({ target }: Scenario): boolean {
  const urls = target?.urls?.map(({ url }) => url) ?? (target?.url === undefined ? [] : [target.url])
  return urls.every((url) => /^127\./.test(new URL(url).hostname))
}

/** What gets to a container through a published port comes from one address, whatever it came from. */
function isContained({ target, cluster }: Scenario): boolean {
  return target === undefined && cluster.driver === 'compose'
}

function enforceThirdPartyLimits(list: readonly string[], { addresses, hasLoopbackRange }: Machine): void {
  // IPv6 has many spellings of one address, which a BlockList sees through.
  const own = new BlockList()
  for (const address of addresses) own.addAddress(address, familyOf(address))
  if (hasLoopbackRange) own.addSubnet('127.0.0.0', 8)
  const strangers = list.filter((address) => !own.check(address, familyOf(address)))
  if (strangers.length === 0) return
  throw setupError(
    `clients.addresses.list: ${strangers.join(', ')} ${strangers.length === 1 ? 'is no address' : 'are no addresses'} of this machine`,
    `ip -brief address lists those it has; ip address add ${strangers[0]}/${isIPv6(strangers[0]!) ? 128 : 32} dev <interface> gives it another`,
  )
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}

/** How many connections come from the address with the most. */
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
  const held = new Uint32Array(plan.gateways)
  for (let client = 0; client < connections; client += 1) {
    const gateway = gatewayOf(plan, seed, client)
    held[gateway] = (held[gateway] ?? 0) + 1
  }
  return held.reduce((most, clients) => Math.max(most, clients), 0)
}
