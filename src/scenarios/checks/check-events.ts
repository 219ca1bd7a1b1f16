import { bridges } from '../../../reference-cluster/node/bridges/index.js'
import { formatDuration } from '../../base/units.js'
import type { Need } from '../../chaos/event.js'
import { eventOf } from '../../chaos/index.js'
import type { NodeSelection } from '../../chaos/node-selection.js'
import { balancers } from '../../cluster/balancers/index.js'
import { brokerPrograms } from '../../cluster/local/brokers/index.js'
import { nodesAdded } from '../../plan/event-windows.js'
import { complaint, type Issue, showPath } from '../yaml/explain-issue.js'
import type { Draft } from './draft.js'

/** What is wrong with events for this cluster and these phases. */
export function checkEvents(draft: Draft): Issue[] {
  return [...checkEventTimes(draft), ...checkEventTargets(draft), ...checkEventNeeds(draft)]
}

function checkEventTimes({ chaos, phases }: Draft): Issue[] {
  return chaos.flatMap((event, index) => {
    if (!event || !phases || event.at < phases.measure) return []
    const path = ['chaos', index, 'at']
    const what = `${showPath(path)} is ${formatDuration(event.at)}, but measuring ends at ${formatDuration(phases.measure)}`
    return [complaint(path, what, 'a time before phases.measure')]
  })
}

function checkEventTargets({ chaos, cluster }: Draft): Issue[] {
  if (!cluster) return []
  return chaos.flatMap((event, index) => {
    if (!event) return []
    const there = cluster.nodes + nodesAddedBefore(event.at, chaos)
    const named = eventOf(event).namesNodes?.(event) ?? []
    const missing = named.map(numberOf).filter((target) => target !== null && target > there)
    if (missing.length === 0) return []
    const path = ['chaos', index, 'nodes' in event ? 'nodes' : 'node']
    const what = `there is no node ${missing.join(', ')} at ${formatDuration(event.at)}`
    return [complaint(path, what, there === 1 ? '1' : `a node from 1 to ${there}, or random`)]
  })
}

function numberOf(node: NodeSelection): number | null {
  if (typeof node === 'number') return node
  return node === 'random' ? null : Number(node.slice(1))
}

function nodesAddedBefore(atMs: number, chaos: Draft['chaos']): number {
  return nodesAdded(chaos.filter((event) => event !== undefined).filter(({ at }) => at < atMs))
}

/** Events that need what the cluster, by the scenario's own words, has not. */
function checkEventNeeds({ chaos, cluster }: Draft): Issue[] {
  if (!cluster) return []
  const { bridge, balancer, driver } = cluster
  const kind = bridges[bridge].broker
  const canReload = balancer.kind === 'auto' || balancers[balancer.kind].canReload
  const broker = kind === null && `a broker, and bridge ${bridge} has none`
  const canDisconnect = kind !== null && brokerPrograms[kind].disconnectClients !== null
  const refusals: Readonly<Record<Need, string | false>> = {
    broker,
    'broker-path':
      broker || (driver === 'compose' && 'a proxy between nodes and broker, which driver compose has not'),
    'broker-disconnect':
      broker || (!canDisconnect && `a broker that can cut its connections, and ${kind} can't`),
    'balancer-reload': !canReload && `a balancer that can be reloaded, and ${balancer.kind} can't`,
  }
  return chaos.flatMap((event, index) => {
    const refusal =
      event &&
      eventOf(event)
        .needs?.map((need) => refusals[need])
        .find(Boolean)
    if (!refusal) return []
    return [complaint(['chaos', index, 'event'], `${event.event} needs ${refusal}`, 'an event without it')]
  })
}
