import { formatCount } from '../base/format.js'
import { type AffinityName, strategies } from '../cluster/affinity/index.js'
import type { Plan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'
import type { Machine } from './machine.js'
import { nodeCapacity, surroundingsOf } from './plan-cluster.js'

/** What a reader must know before trusting a run's figures. */
export function notesOn(plan: Omit<Plan, 'notes'>, scenario: Scenario, machine: Machine): string[] {
  if (plan.target !== null) return targetNotes(plan)
  return [...partNotes(plan), ...addressNotes(plan, scenario, machine), ...balancingNotes(plan, machine)]
}

function targetNotes({ target, clients }: Omit<Plan, 'notes'>): string[] {
  const notes: string[] = []
  if (target?.tls.isInsecure) notes.push('target.tls.insecure: whoever answers is taken for the target.')
  if (target?.node === null)
    notes.push(
      'Without target.node nobody knows which node a client is on: balance and stickiness say nothing.',
    )
  if (clients.addresses.kind === 'single') notes.push('All clients come from one address of this machine.')
  return notes
}

function partNotes({ cluster: { driver, balancer, broker } }: Omit<Plan, 'notes'>): string[] {
  const notes: string[] = []
  if (driver === 'compose')
    notes.push(
      'Every part is a container, behind a port that docker publishes: its figures are not to be compared with those of driver local.',
    )
  if (balancer.isEmbedded) {
    notes.push('The balancer is embedded: its figures are not to be compared with nginx or HAProxy.')
  }
  if (broker?.isProxied) {
    notes.push('Nodes reach the broker through a proxy, which an event needs: one hop more, for all of them.')
  }
  if (broker?.isEmbedded) notes.push('The broker is embedded: its figures are not to be compared with Redis.')
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
      `${name} sees ${addresses.list.length} source addresses only (nginx and the embedded balancer: their /24s): its balance says little.`,
    ]
  if (addresses.kind !== 'single') return []
  const why =
    cluster.driver === 'compose'
      ? "as containers see one address behind docker's published port anyway"
      : "as the rest of 127.0.0.0/8 can't be bound here"
  const notes = [
    `All clients come from 127.0.0.1, ${why}: at most ${formatCount(machine.ephemeralPorts)} connections.`,
  ]
  if (key === 'address') {
    notes.push(`With one source address ${name} sends everybody to one node: its balance says nothing.`)
  }
  if (scenario.clients.addresses)
    notes.push('clients.addresses is not honoured: there is one address for all.')
  return notes
}

function balancingNotes({ cluster, estimate }: Omit<Plan, 'notes'>, machine: Machine): string[] {
  const notes: string[] = []
  const capacity = nodeCapacity(surroundingsOf(cluster, machine))
  const { key, name } = strategies[cluster.balancer.strategy as AffinityName]
  if (key === 'address' && estimate.connections > capacity) {
    notes.push(
      `A node holds at most ${formatCount(capacity)} clients (open files); ${name} may send one more than that.`,
    )
  }
  if (cluster.balancer.kind !== 'nginx' && cluster.balancer.processes > 1) {
    notes.push(
      `${cluster.balancer.processes} balancer processes: each counts connections and turns by itself.`,
    )
  }
  return notes
}
