import { formatCount } from '../base/units.js'
import { type AffinityName, strategies } from '../cluster/affinity/index.js'
import type { Plan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'
import type { Machine } from './machine.js'
import { limitsForParts, nodeCapacity } from './plan-cluster.js'

/** What limits how far the figures of a run can be trusted. */
export function notesOn(plan: Omit<Plan, 'notes'>, scenario: Scenario, machine: Machine): string[] {
  if (plan.target !== null) return targetNotes(plan)
  return [...partNotes(plan), ...addressNotes(plan, scenario, machine), ...balancingNotes(plan, machine)]
}

function targetNotes({ target, clients }: Omit<Plan, 'notes'>): string[] {
  const notes: string[] = []
  if (target?.tls.isInsecure) notes.push('target.tls.insecure: the certificate of the target is not checked.')
  if (target?.node === null)
    notes.push(
      'Without target.node the nodes of clients are unknown: there are no figures for balance and affinity.',
    )
  if (clients.addresses.kind === 'single') notes.push('All clients come from one address of this machine.')
  return notes
}

function partNotes({ cluster: { driver, balancer, broker } }: Omit<Plan, 'notes'>): string[] {
  const notes: string[] = []
  if (driver === 'compose')
    notes.push(
      'Every part runs in a container behind a published port: do not compare the figures with those of driver local.',
    )
  if (balancer.isEmbedded) {
    notes.push('The balancer is embedded: do not compare the figures with nginx or HAProxy.')
  }
  if (broker?.isProxied) {
    notes.push('All nodes reach the broker through a proxy, which an event needs. It adds one hop.')
  }
  if (broker?.isEmbedded) notes.push('The broker is embedded: do not compare the figures with Redis.')
  return notes
}

function addressNotes(
  { clients, cluster }: Omit<Plan, 'notes'>,
  scenario: Scenario,
  machine: Machine,
): string[] {
  const { key, name } = strategies[cluster.balancer.strategy as AffinityName]
  const { addresses } = clients
  if (addresses.kind === 'list' && key === 'address')
    return [
      `${name} sees only ${addresses.list.length} source addresses (nginx and the embedded balancer: their /24s), so its balance is of little value.`,
    ]
  if (addresses.kind !== 'single') return []
  const why =
    cluster.driver === 'compose'
      ? "because containers see one address behind docker's published port"
      : "because the rest of 127.0.0.0/8 can't be bound here"
  const notes = [
    `All clients come from 127.0.0.1, ${why}: at most ${formatCount(machine.ephemeralPorts)} connections.`,
  ]
  if (key === 'address') {
    notes.push(
      `With one source address ${name} sends all clients to one node, so its balance is of no value.`,
    )
  }
  if (scenario.clients.addresses)
    notes.push('clients.addresses is ignored, because there is only one address.')
  return notes
}

function balancingNotes({ cluster, estimate }: Omit<Plan, 'notes'>, machine: Machine): string[] {
  const notes: string[] = []
  const capacity = nodeCapacity(limitsForParts(cluster, machine))
  const { key, name } = strategies[cluster.balancer.strategy as AffinityName]
  if (key === 'address' && estimate.connections > capacity) {
    notes.push(
      `A node can have at most ${formatCount(capacity)} clients (open files); ${name} may send more to one node.`,
    )
  }
  if (cluster.balancer.kind !== 'nginx' && cluster.balancer.processes > 1) {
    notes.push(`${cluster.balancer.processes} balancer processes: each balances its own connections only.`)
  }
  return notes
}
