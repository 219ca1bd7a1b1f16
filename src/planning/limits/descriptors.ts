import { formatCount } from '../../base/format.js'
import { balancers } from '../../cluster/balancers/index.js'
import type { ClusterPlan } from '../../cluster/cluster-plan.js'
import type { Plan } from '../../plan/plan.js'
import { connectionsPerWorker } from '../estimate.js'
import type { Machine } from '../machine.js'
import { limitsForParts, NODE_OWN_DESCRIPTORS, nodeCapacity } from '../plan-cluster.js'
import { type BusiestNode, busiestNodeOf } from './busiest-node.js'
import type { Limit } from './limit.js'

/** Listener, log and files of a broker; each node adds one connection to publish and one to subscribe. */
const BROKER_OWN_DESCRIPTORS = 100
/**
 * Sockets per client on this machine: client, balancer (two) and node; with compose also two of docker-proxy; with a target
 * only the client's.
 */
const ENDS_PER_CLIENT = { local: 4, compose: 6, target: 1 }
const OWN_DESCRIPTORS_PER_PROCESS = 50

/** Open files: of each kind of process, and of the whole system. */
export function descriptorLimits(plan: Plan, machine: Machine): Limit[] {
  return [
    ...ofCluster(plan, limitsForParts(plan.cluster, machine)),
    ofWorker(plan, machine),
    ofSystem(plan, machine),
  ]
}

/** The limits of a target are unknown. */
function ofCluster(plan: Plan, machine: Machine): Limit[] {
  const { cluster, estimate, workers } = plan
  if (cluster.driver === 'target') return []
  const { connections } = estimate
  return [
    ofNode(busiestNodeOf(plan, cluster), machine),
    ofBalancer(cluster, connections, machine),
    ...(cluster.broker ? [ofBroker(cluster, workers, machine)] : []),
  ]
}

function ofNode(busiest: BusiestNode, machine: Machine): Limit {
  const needed = busiest.connections + NODE_OWN_DESCRIPTORS
  const capacity = nodeCapacity(machine)
  const nodesNeeded = busiest.nodesNeeded(capacity)
  const raise = raiseDescriptors(needed, machine)
  return {
    name: 'open files of a node',
    needed,
    available: machine.descriptors,
    unit: 'count',
    kind: 'hard',
    message: `${busiest.label} are more than the ${formatCount(capacity)} that a limit of ${formatCount(machine.descriptors)} open files allows`,
    fix: nodesNeeded === null ? raise : `cluster.nodes: ${nodesNeeded} or more, or raise the limit: ${raise}`,
  }
}

function ofBalancer({ balancer }: ClusterPlan, connections: number, machine: Machine): Limit {
  const { kind, processes } = balancer
  const capacity = balancers[kind].clientsPerProcess(machine.descriptors)
  const share = Math.ceil(connections / processes)
  return {
    name: `clients per ${kind} process (open files)`,
    needed: share,
    available: capacity,
    unit: 'count',
    kind: 'hard',
    message: `${formatCount(share)} clients on each of ${processes} balancer processes are more than the ${formatCount(capacity)} that a limit of ${formatCount(machine.descriptors)} open files allows`,
    fix: raiseDescriptors(3 * share, machine),
  }
}

function ofWorker({ workers, estimate: { connections } }: Plan, machine: Machine): Limit {
  const share = Math.ceil(connections / workers)
  const capacity = connectionsPerWorker(machine)
  return {
    name: 'clients per worker (open files)',
    needed: share,
    available: capacity,
    unit: 'count',
    kind: 'exact',
    message: `${formatCount(share)} clients in each of ${workers} workers are more than the ${formatCount(capacity)} that a limit of ${formatCount(machine.descriptors)} open files allows`,
    fix: raiseDescriptors(2 * share, machine),
  }
}

function ofBroker({ maxNodes }: ClusterPlan, workers: number, machine: Machine): Limit {
  const needed = BROKER_OWN_DESCRIPTORS + 2 * maxNodes + workers
  return {
    name: 'open files of the broker',
    needed,
    available: machine.descriptors,
    unit: 'count',
    kind: 'hard',
    message: `the broker needs ${formatCount(needed)} open files, but may have only ${formatCount(machine.descriptors)}`,
    fix: raiseDescriptors(needed, machine),
  }
}

function ofSystem(plan: Plan, { kernel: { openFiles } }: Machine): Limit {
  const { cluster, workers, estimate } = plan
  const processes = 1 + workers + cluster.maxNodes + cluster.balancer.processes
  const needed =
    ENDS_PER_CLIENT[cluster.driver] * estimate.connections + OWN_DESCRIPTORS_PER_PROCESS * processes
  const available = openFiles && openFiles.most - openFiles.used
  return {
    name: 'open files of the whole system',
    needed,
    available,
    unit: 'count',
    kind: 'hard',
    message: `all parts together need ${formatCount(needed)} open files, but the system has only ${formatCount(available ?? 0)} left (fs.file-max)`,
    fix: `sysctl -w fs.file-max=${roundUp(needed + (openFiles?.used ?? 0))}`,
  }
}

function raiseDescriptors(needed: number, { kernel: { descriptorCeiling } }: Machine): string {
  const wanted = roundUp(needed)
  const ceiling =
    descriptorCeiling !== null && wanted > descriptorCeiling ? `sysctl -w fs.nr_open=${wanted}; ` : ''
  return `${ceiling}ulimit -n ${wanted} (as root, or "* hard nofile ${wanted}" in /etc/security/limits.conf)`
}

/** The next power of two with a margin of at least a quarter. */
function roundUp(needed: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, needed) * 1.25))
}
