import { setupError } from '../errors.js'
import { formatCount } from '../units.js'
import { gatewayOf } from './address.js'
import type { Machine } from './machine.js'
import type { AddressPlan } from './plan.js'
import type { Scenario } from './schema.js'

/** Where clients connect from; refuses more connections from one address than it has ports. */
export function planAddresses(
  wanted: Scenario['clients']['addresses'],
  seed: number,
  machine: Machine,
  connections: number,
): AddressPlan {
  if (!machine.hasLoopbackRange) {
    refuseTooMany('127.0.0.1, the only address clients can have here,', connections, machine)
    return { kind: 'single' }
  }
  if (!wanted) return { kind: 'spread' }
  const plan = { kind: 'gateways', ...wanted } as const
  refuseTooMany('the busiest gateway', clientsOfBusiestGateway(plan, seed, connections), machine)
  return plan
}

function clientsOfBusiestGateway(
  plan: Extract<AddressPlan, { kind: 'gateways' }>,
  seed: number,
  connections: number,
): number {
  const held = new Uint32Array(plan.gateways)
  for (let client = 0; client < connections; client += 1) {
    const gateway = gatewayOf(plan, seed, client)
    held[gateway] = (held[gateway] ?? 0) + 1
  }
  return held.reduce((most, clients) => Math.max(most, clients), 0)
}

function refuseTooMany(address: string, connections: number, { ephemeralPorts }: Machine): void {
  if (connections <= ephemeralPorts) return
  throw setupError(
    `${address} would hold ${formatCount(connections)} connections, but has ${formatCount(ephemeralPorts)} ports (net.ipv4.ip_local_port_range)`,
    'fewer clients, more gateways or less skew; or widen the range: sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
  )
}
