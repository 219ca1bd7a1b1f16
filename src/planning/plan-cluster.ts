import { bridges } from '../../reference-cluster/node/bridges/index.js'
import { setupError, type WsbenchError } from '../base/errors.js'
import type { PlannedEvent } from '../chaos/planned-event.js'
import { type AffinityName, strategies } from '../cluster/affinity/index.js'
import { capableOf } from '../cluster/affinity/strategy.js'
import type { Balancer } from '../cluster/balancers/balancer.js'
import { type BalancerKind, balancers } from '../cluster/balancers/index.js'
import type { ClusterPlan } from '../cluster/cluster-plan.js'
import { CONTAINER_DESCRIPTORS } from '../cluster/container.js'
import { fewestNodesMoment, isNeeded, nodesAdded } from '../plan/events.js'
import type { Plan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'
import type { Machine } from './machine.js'

/** Listener, broker connections, event poll and log of a node. */
export const NODE_OWN_DESCRIPTORS = 500
export const MOST_NODES = 64
/** How much the fullest part has above the mean where connections are spread by hash: over processes, addresses or a ring. */
const UNEVEN_SPREAD = 1.25

/**
 * Share of an address's ports to a node that connect() finds quickly. Linux tries all even ports before the odd ones, so once
 * the even ones are in use, each connect searches them all. With 20 nodes, 300,000 clients stalled at 282,320 connections
 * with half of the CPU time in that search.
 */
const QUICK_PORTS_SHARE = 0.5

/** One per /24 of a range that neither clients nor servers use. */
const MOST_SOURCES = 255

/** The parts of the cluster, real programs where they are installed, and how many of each. */
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
  requireReload(balancer.kind, chaos)
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

/** How many clients one node can have. */
export function nodeCapacity({ descriptors }: Machine): number {
  return Math.max(0, descriptors - NODE_OWN_DESCRIPTORS)
}

function planBalancer(
  { balancer: { kind: wanted, strategy, drainState, settings, tls }, driver }: Scenario['cluster'],
  machine: Machine,
  { connections, fewestNodes }: { readonly connections: number; readonly fewestNodes: number },
): ClusterPlan['balancer'] {
  const kind = wanted === 'auto' ? availableBalancer({ strategy, drainState }, driver, machine) : wanted
  const { isEmbedded, choosesSource } = balancers[kind]
  const binary = isEmbedded ? null : requireBinary(kind, machine)
  const processes = balancerProcesses(kind, machine, connections)
  const mostOfNode = (connections / fewestNodes) * UNEVEN_SPREAD
  const sources = balancerSources(mostOfNode, { kind, choosesSource, processes }, machine)
  return { kind, strategy, drainState, settings, tls, isEmbedded, binary, processes, sources }
}

/** A balancer in a container, which needs no program on this machine except docker. */
function planContainedBalancer(
  { balancer: { kind: wanted, strategy, drainState, settings, tls } }: Scenario['cluster'],
  machine: Machine,
  connections: number,
): ClusterPlan['balancer'] {
  const kind = wanted === 'auto' ? containedBalancer({ strategy, drainState }) : wanted
  const processes = kind === 'nginx' ? balancerProcesses(kind, withinContainers(machine), connections) : 1
  return {
    kind,
    strategy,
    drainState,
    settings,
    tls,
    isEmbedded: false,
    binary: null,
    processes,
    sources: [],
  }
}

function containedBalancer(settings: BalancerSettings): BalancerKind {
  const [kind] = capableBalancers(settings, ['nginx', 'haproxy'])
  if (kind === undefined)
    throw setupError(`no balancer with a container image supports strategy ${settings.strategy}`)
  return kind
}

type BalancerSettings = Pick<ClusterPlan['balancer'], 'strategy' | 'drainState'>

/** Those of `kinds` that support strategy and drain state. */
function capableBalancers<Kind extends BalancerKind>(
  { strategy, drainState }: BalancerSettings,
  kinds: readonly Kind[],
): Kind[] {
  return capableOf(strategies[strategy], kinds).filter((kind) =>
    balancers[kind].drainStates.includes(drainState),
  )
}

function requireDocker({ binaries }: Machine): void {
  if (binaries.docker === null)
    throw setupError(
      'driver compose needs docker, which is not installed (not on PATH)',
      'install Docker Engine and its compose plugin; or driver: local',
    )
}

/** The limits that apply to a part of the cluster: those of the Compose file if it is a container. */
export function limitsForParts({ driver }: Pick<Plan['cluster'], 'driver'>, machine: Machine): Machine {
  return driver === 'compose' ? withinContainers(machine) : machine
}

function withinContainers(machine: Machine): Machine {
  return { ...machine, descriptors: CONTAINER_DESCRIPTORS }
}

/** Connections of the fullest node. Strategies that hash the address or id of a client are uneven, all others even. */
export function busiestNode(connections: number, nodes: number, strategy: AffinityName): number {
  const { key } = strategies[strategy]
  const isHashed = key === 'address' || key === 'client-id'
  return Math.ceil((connections / nodes) * (isHashed && nodes > 1 ? UNEVEN_SPREAD : 1))
}

/** How many ports of an address connect() finds quickly for one node. */
export function quickPorts({ ephemeralPorts }: Machine): number {
  return Math.max(1, Math.floor(ephemeralPorts * QUICK_PORTS_SHARE))
}

/**
 * Source addresses of the balancer's connections to nodes. Empty (the kernel's choice) while one address has enough ports,
 * found quickly, for the fullest node. Not every balancer can choose, and systems other than Linux have only one.
 */
function balancerSources(
  connections: number,
  {
    kind,
    choosesSource,
    processes,
  }: Pick<Balancer, 'choosesSource'> & Pick<ClusterPlan['balancer'], 'kind' | 'processes'>,
  machine: Machine,
): string[] {
  const needed = Math.ceil(connections / quickPorts(machine))
  if (needed === 1 || !choosesSource || !machine.hasLoopbackRange) return []
  // Each HAProxy process uses one source address for all its connections.
  const count = Math.min(kind === 'haproxy' ? Math.max(needed, processes) : needed, MOST_SOURCES)
  return Array.from({ length: count }, (_, index) => `127.255.${index}.1`)
}

/** The first installed balancer that supports strategy and drain state: nginx, haproxy, or (unless `driver: local`) embedded. */
function availableBalancer(
  settings: BalancerSettings,
  driver: Scenario['cluster']['driver'],
  machine: Machine,
): BalancerKind {
  const { strategy, drainState } = settings
  const capable = capableBalancers(settings, ['nginx', 'haproxy', 'embedded'])
  const real = capable.filter((kind) => kind !== 'embedded')
  const found = real.find((kind) => machine.binaries[kind] !== null)
  if (found) return found
  if (driver === 'auto' && capable.includes('embedded')) {
    if (machine.allowsStandIns) return 'embedded'
    throw standInRefused(`${real.join(' or ')} is not installed (not on PATH)`, real[0] ?? 'nginx')
  }
  const setting = drainState === 'maint' ? `strategy ${strategy}` : `drainState ${drainState}`
  const requirer = capable.includes('embedded') ? 'driver local' : setting
  throw setupError(
    `${requirer} needs ${real.join(' or ')}, and none is installed`,
    installHint(real[0] ?? 'nginx'),
  )
}

function balancerProcesses(kind: BalancerKind, { descriptors, cores }: Machine, connections: number): number {
  const perProcess = Math.max(1, balancers[kind].clientsPerProcess(descriptors))
  const needed = Math.max(1, Math.ceil((connections * UNEVEN_SPREAD) / perProcess))
  return kind === 'nginx' ? Math.max(needed, Math.min(2, cores)) : needed
}

/** Checks the balancer that `auto` chose; checks.ts has already checked one that is set by name. */
function requireReload(kind: BalancerKind, chaos: readonly PlannedEvent[]): void {
  if (balancers[kind].canReload || !isNeeded('balancer-reload', chaos)) return
  const requirer = chaos.find((event) => isNeeded('balancer-reload', [event]))
  throw setupError(
    `${requirer?.id}: the only balancer available, ${kind}, can't reload`,
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
  if (isMissing && isEmbeddable && !machine.allowsStandIns)
    throw standInRefused(`${programs[kind] ?? kind} is not installed (not on PATH)`, kind)
  if (broker === 'embedded' || (isMissing && isEmbeddable))
    return { kind, isEmbedded: true, binary: null, isProxied }
  const alternative = isEmbeddable
    ? useEmbedded
    : 'or use a bridge that works with the embedded broker, such as redis-pubsub'
  return { kind, isEmbedded: false, binary: requireBinary(kind, machine, alternative), isProxied }
}

/** In CI nobody reads the note that an embedded part stood in. */
function standInRefused(what: string, kind: string): WsbenchError {
  return setupError(
    `${what}, and --require-real (the default with CI set) refuses an embedded stand-in`,
    installHint(kind, 'or --no-require-real; or name the embedded part in the scenario'),
  )
}

function requireBinary(kind: string, { binaries }: Machine, alternative = useEmbedded): string {
  const binary = Object.entries(binaries).find(([name]) => name === kind)?.[1] ?? null
  if (binary === null)
    throw setupError(
      `${programs[kind] ?? kind} is not installed (not on PATH)`,
      installHint(kind, alternative),
    )
  return binary
}

const programs: Readonly<Record<string, string>> = {
  apache: 'apache2',
  redis: 'redis-server',
  nats: 'nats-server',
}
const useEmbedded = 'or use embedded, or auto with driver: auto'

function installHint(kind: string, alternative = useEmbedded): string {
  return `apt-get install ${programs[kind] ?? kind}; ${alternative}`
}
