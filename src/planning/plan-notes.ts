import { formatCount } from '../base/format.js'
import { type AffinityName, strategies } from '../cluster/affinity/index.js'
import type { TargetPlan } from '../cluster/external/target-plan.js'
import type { Plan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'
import type { Machine } from './machine.js'
import { limitsForParts, nodeCapacity } from './plan-cluster.js'

type Draft = Omit<Plan, 'notes'>
/** False: does not apply. */
type Note = string | false

/** What limits how far the figures of a run can be trusted. */
export function notesOn(plan: Draft, scenario: Scenario, machine: Machine): string[] {
  const notes = plan.target
    ? targetNotes(plan, plan.target, scenario)
    : [...partNotes(plan), ...addressNotes(plan, scenario, machine), ...balancingNotes(plan, machine)]
  return notes.filter((note) => note !== false)
}

function targetNotes({ clients }: Draft, { tls, node }: TargetPlan, { leftOut = [] }: Scenario): Note[] {
  return [
    leftOut.length > 0 && `The target replaces the cluster of the scenario. Left out: ${leftOut.join('; ')}.`,
    tls.isInsecure && 'target.tls.insecure: the certificate of the target is not checked.',
    node === null &&
      'Without target.node the nodes of clients are unknown: there are no figures for balance and affinity.',
    clients.addresses.kind === 'single' && 'All clients come from one address of this machine.',
  ]
}

function partNotes({ cluster: { driver, balancer, broker } }: Draft): Note[] {
  return [
    driver === 'compose' &&
      'Every part runs in a container behind a published port: do not compare the figures with those of driver local.',
    balancer.isEmbedded && 'The balancer is embedded: do not compare the figures with nginx or HAProxy.',
    broker?.isProxied === true &&
      'All nodes reach the broker through a proxy, which an event needs. It adds one hop.',
    broker?.isEmbedded === true && 'The broker is embedded: do not compare the figures with Redis.',
  ]
}

function addressNotes({ clients, cluster }: Draft, scenario: Scenario, machine: Machine): Note[] {
  const { key, name } = strategies[cluster.balancer.strategy as AffinityName]
  const { addresses } = clients
  if (addresses.kind === 'list')
    return [
      key === 'address' &&
        `${name} sees only ${addresses.list.length} source addresses (nginx and the embedded balancer: their /24s), so its balance is of little value.`,
    ]
  if (addresses.kind !== 'single') return []
  const why =
    cluster.driver === 'compose'
      ? "because containers see one address behind docker's published port"
      : "because the rest of 127.0.0.0/8 can't be bound here"
  return [
    `All clients come from 127.0.0.1, ${why}: at most ${formatCount(machine.ephemeralPorts)} connections.`,
    key === 'address' &&
      `With one source address ${name} sends all clients to one node, so its balance is of no value.`,
    scenario.clients.addresses !== undefined &&
      'clients.addresses is ignored, because there is only one address.',
  ]
}

function balancingNotes({ cluster, estimate }: Draft, machine: Machine): Note[] {
  const { kind, processes, strategy } = cluster.balancer
  const capacity = nodeCapacity(limitsForParts(cluster, machine))
  const { key, name } = strategies[strategy as AffinityName]
  return [
    key === 'address' &&
      estimate.connections > capacity &&
      `A node can have at most ${formatCount(capacity)} clients (open files); ${name} may send more to one node.`,
    kind !== 'nginx' &&
      processes > 1 &&
      `${processes} balancer processes: each balances its own connections only.`,
  ]
}
