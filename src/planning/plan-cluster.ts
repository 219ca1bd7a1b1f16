import { bridges } from '../../reference-cluster/node/bridges/index.js'
import { setupError } from '../base/errors.js'
import type { PlannedEvent } from '../chaos/planned-event.js'
import { type AffinityName, strategies } from '../cluster/affinity/index.js'
import { capableOf } from '../cluster/affinity/strategy.js'
import type { DrainState } from '../cluster/balancers/balancer.js'
import { type BalancerKind, balancers } from '../cluster/balancers/index.js'
import type { ClusterPlan } from '../cluster/cluster-plan.js'
import { CONTAINER_DESCRIPTORS } from '../cluster/container.js'
import { fewestNodesMoment, isNeeded, nodesAdded } from '../plan/events.js'
import type { Plan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'
import type { Machine } from './machine.js'

/** A node's listener, broker connections, event poll, log. */
export const NODE_OWN_DESCRIPTORS = 500
export const MOST_NODES = 64
/** The kernel deals connections to processes by hash, not by turn; so does nginx to its addresses, and a ring to its nodes. */
const UNEVEN_SPREAD = 1.25

/**
 * Of an address's ports towards a node. Linux's connect() tries every even one before the first odd one: once the even ones
 * are taken each connect walks them all. With 20 nodes, 300,000 clients stood still at 282,320, half the cores in that walk.
 */
const QUICK_PORTS_SHARE = 0.5

/** A /24 each, of what neither clients nor servers use. */
const MOST_SOURCES = 255

/** Which parts the cluster is made of, real where there are, and how many of each. */
export function planCluster(
  scenario: Scenario,
  machine: Machine,
  { connections, chaos }: { readonly connections: number; readonly chaos: readonly PlannedEvent[] },
): ClusterPlan {
  const { nodes, bridge, brokerPatience, drain, driver } = scenario.cluster
  const isComposed = driver === 'compose'
  if (isComposed) requireDocker(machine)
  const balancer = isComposed
    ? planContainedBalancer(scenario.cluster, machine, connections)
    : planBalancer(scenario.cluster, machine, {
        connections,
        fewestNodes: fewestNodesMoment(nodes, chaos).nodes,
      })
  refuseReload(balancer.kind, chaos)
  return {
    driver: isComposed ? 'compose' : 'local',
    balancer,
    nodes,
    maxNodes: nodes + nodesAdded(chaos.map(({ action }) => action)),
    bridge,
    broker: planBroker(scenario.cluster, machine, isNeeded('broker-path', chaos)),
    brokerPatienceMs: brokerPatience,
    drain: { mode: drain.mode, windowMs: drain.window },
  }
}

/** Clients that one node can hold. */
export function nodeCapacity({ descriptors }: Machine): number {
  return Math.max(0, descriptors - NODE_OWN_DESCRIPTORS)
}

function planBalancer(
  { balancer: { kind: wanted, strategy, drainState, tls }, driver }: Scenario['cluster'],
  machine: Machine,
  { connections, fewestNodes }: { readonly connections: number; readonly fewestNodes: number },
): ClusterPlan['balancer'] {
  const kind = wanted === 'auto' ? availableBalancer({ strategy, drainState }, driver, machine) : wanted
  const { isEmbedded } = balancers[kind]
  const binary = isEmbedded ? null : requireBinary(kind, machine)
  const processes = balancerProcesses(kind, machine, connections)
  const mostOfNode = (connections / fewestNodes) * UNEVEN_SPREAD
  const sources = balancerSources(mostOfNode, { kind, isEmbedded, processes }, machine)
  return { kind, strategy, drainState, tls, isEmbedded, binary, processes, sources }
}

/** One container, which needs nothing of this machine but docker. */
function planContainedBalancer(
  { balancer: { kind: wanted, strategy, drainState, tls } }: Scenario['cluster'],
  machine: Machine,
  connections: number,
): ClusterPlan['balancer'] {
  const kind = wanted === 'auto' ? containedBalancer({ strategy, drainState }) : wanted
  const processes = kind === 'nginx' ? balancerProcesses(kind, withinContainers(machine), connections) : 1
  return { kind, strategy, drainState, tls, isEmbedded: false, binary: null, processes, sources: [] }
}

function containedBalancer({
  strategy,
  drainState,
}: Pick<ClusterPlan['balancer'], 'strategy' | 'drainState'>) {
  const capable = capableOf(strategies[strategy], ['nginx', 'haproxy']).filter((kind) =>
    balancers[kind].drainStates.includes(drainState),
  )
  const [kind] = capable
  if (kind === undefined) throw setupError(`no balancer that has an image can do strategy ${strategy}`)
  return kind
}

function requireDocker({ binaries }: Machine): void {
  if (binaries.docker === null)
    throw setupError(
      'driver compose needs docker, which is not installed (not on PATH)',
      'install Docker Engine and its compose plugin; or driver: local',
    )
}

/** What a part of the cluster finds around it: a container's limits are those of its Compose file. */
export function surroundingsOf({ driver }: Pick<Plan['cluster'], 'driver'>, machine: Machine): Machine {
  return driver === 'compose' ? withinContainers(machine) : machine
}

function withinContainers(machine: Machine): Machine {
  return { ...machine, descriptors: CONTAINER_DESCRIPTORS }
}

/** Connections of the node that has the most. Turns and counts deal evenly; hashes as their ring or modulus has it. */
export function busiestNode(connections: number, nodes: number, strategy: AffinityName): number {
  const { key } = strategies[strategy]
  const isHashed = key === 'address' || key === 'client-id'
  return Math.ceil((connections / nodes) * (isHashed && nodes > 1 ? UNEVEN_SPREAD : 1))
}

/** Ports of an address that connections to one node find quickly. */
export function quickPorts({ ephemeralPorts }: Machine): number {
  return Math.max(1, Math.floor(ephemeralPorts * QUICK_PORTS_SHARE))
}

/**
 * Addresses that the balancer connects to nodes from: none, the kernel's choice, while one address has ports enough, and
 * quick to find, for the busiest node. The embedded one has no way to choose, and elsewhere than on Linux there is one address.
 */
function balancerSources(
  connections: number,
  { kind, isEmbedded, processes }: Pick<ClusterPlan['balancer'], 'kind' | 'isEmbedded' | 'processes'>,
  machine: Machine,
): string[] {
  const needed = Math.ceil(connections / quickPorts(machine))
  if (needed === 1 || isEmbedded || !machine.hasLoopbackRange) return []
  // A process of HAProxy has one address for all it connects.
  const count = Math.min(kind === 'haproxy' ? Math.max(needed, processes) : needed, MOST_SOURCES)
  return Array.from({ length: count }, (_, index) => `127.255.${index}.1`)
}

/** The first that can do what is asked of it: nginx, haproxy, and the embedded one unless the driver is `local`. */
function availableBalancer(
  { strategy, drainState }: { readonly strategy: AffinityName; readonly drainState: DrainState },
  driver: Scenario['cluster']['driver'],
  machine: Machine,
): BalancerKind {
  const capable = capableOf(strategies[strategy], ['nginx', 'haproxy', 'embedded']).filter((kind) =>
    balancers[kind].drainStates.includes(drainState),
  )
  const real = capable.filter((kind) => kind !== 'embedded')
  const found = real.find((kind) => machine.binaries[kind] !== null)
  if (found) return found
  if (driver === 'auto' && capable.includes('embedded')) return 'embedded'
  const asked = drainState === 'maint' ? `strategy ${strategy}` : `drainState ${drainState}`
  const needy = capable.includes('embedded') ? 'driver local' : asked
  throw setupError(
    `${needy} needs ${real.join(' or ')}, and none is installed`,
    installHint(real[0] ?? 'nginx'),
  )
}

function balancerProcesses(kind: BalancerKind, { descriptors, cores }: Machine, connections: number): number {
  const perProcess = Math.max(1, balancers[kind].clientsPerProcess(descriptors))
  const needed = Math.max(1, Math.ceil((connections * UNEVEN_SPREAD) / perProcess))
  return kind === 'nginx' ? Math.max(needed, Math.min(2, cores)) : needed
}

/** What a scenario's own words don't settle, as `auto` chose: checks.ts has refused the rest already. */
function refuseReload(kind: BalancerKind, chaos: readonly PlannedEvent[]): void {
  if (balancers[kind].canReload || !isNeeded('balancer-reload', chaos)) return
  const needy = chaos.find((event) => isNeeded('balancer-reload', [event]))
  throw setupError(
    `${needy?.id}: balancer ${kind}, all there is here, can't be reloaded`,
    installHint('nginx'),
  )
}

function planBroker(
  { bridge, broker, driver }: Scenario['cluster'],
  machine: Machine,
  isProxied: boolean,
): ClusterPlan['broker'] {
  const { broker: kind, isEmbeddable } = bridges[bridge]
  if (kind === null) return null
  if (driver === 'compose') return { kind, isEmbedded: false, binary: null, isProxied: false }
  const isMissing = broker === 'auto' && driver === 'auto' && machine.binaries[kind] === null
  if (broker === 'embedded' || (isMissing && isEmbeddable))
    return { kind, isEmbedded: true, binary: null, isProxied }
  const wayOut = isEmbeddable
    ? useEmbedded
    : 'or a bridge that the embedded broker serves, such as redis-pubsub'
  return { kind, isEmbedded: false, binary: requireBinary(kind, machine, wayOut), isProxied }
}

function requireBinary(kind: string, { binaries }: Machine, wayOut = useEmbedded): string {
  const binary = Object.entries(binaries).find(([name]) => name === kind)?.[1] ?? null
  if (binary === null)
    throw setupError(`${programs[kind] ?? kind} is not installed (not on PATH)`, installHint(kind, wayOut))
  return binary
}

const programs: Readonly<Record<string, string>> = { redis: 'redis-server', nats: 'nats-server' }
const useEmbedded = 'or use embedded, or driver: auto with auto'

function installHint(kind: string, wayOut = useEmbedded): string {
  return `apt-get install ${programs[kind] ?? kind}; ${wayOut}`
}
