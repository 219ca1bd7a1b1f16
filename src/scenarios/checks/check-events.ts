import { bridges } from '../../../reference-cluster/node/bridges/index.js'
import { formatDuration } from '../../base/format.js'
import type { Need } from '../../chaos/event.js'
import { eventOf } from '../../chaos/index.js'
import type { NodeSelection } from '../../chaos/node-selection.js'
import { balancers } from '../../cluster/balancers/index.js'
import { brokerPrograms } from '../../cluster/local/brokers/index.js'
import { nodesAdded } from '../../plan/events.js'
import { type Issue, issueAt, showPath } from '../yaml/explain-issue.js'
import type { Draft } from './draft.js'

/** Events that don't fit this cluster or these phases. */
export function checkEvents(draft: Draft): Issue[] {
  return [...checkEventTimes(draft), ...checkEventTargets(draft), ...checkEventNeeds(draft)]
}

function checkEventTimes({ chaos, phases }: Draft): Issue[] {
  return chaos.flatMap((event, index) => {
    if (!event || !phases || event.at < phases.measure) return []
    const path = ['chaos', index, 'at']
    const what = `${showPath(path)} is ${formatDuration(event.at)}, but the measure phase ends at ${formatDuration(phases.measure)}`
    return [issueAt(path, what, 'a time before phases.measure')]
  })
}

/** Nodes that don't exist at the time of the event. */
function checkEventTargets({ chaos, cluster }: Draft): Issue[] {
  if (!cluster) return []
  const ordered = [...chaos.entries()]
    .flatMap(([index, event]) => (event ? [{ index, event }] : []))
    .sort((one, other) => one.event.at - other.event.at)
  let nodes = cluster.nodes
  let added = 0
  let atMs = 0
  return ordered.flatMap(({ index, event }) => {
    // Nodes added at the same time don't count yet.
    if (event.at > atMs) {
      nodes += added
      added = 0
      atMs = event.at
    }
    added += nodesAdded([event])
    const named = eventOf(event).namesNodes?.(event) ?? []
    const missing = named.map(numberOf).filter((target) => target !== null && target > nodes)
    if (missing.length === 0) return []
    const path = ['chaos', index, 'nodes' in event ? 'nodes' : 'node']
    const what = `there is no node ${missing.join(', ')} at ${formatDuration(event.at)}`
    return [issueAt(path, what, nodes === 1 ? '1' : `a node from 1 to ${nodes}, or random`)]
  })
}

function numberOf(node: NodeSelection): number | null {
  if (typeof node === 'number') return node
  return node === 'random' ? null : Number(node.slice(1))
}

/** Events that need something this cluster does not have. */
function checkEventNeeds({ chaos, cluster }: Draft): Issue[] {
  if (!cluster) return []
  const { bridge, balancer, driver } = cluster
  const kind = bridges[bridge].broker
  const canReload = balancer.kind === 'auto' || balancers[balancer.kind].canReload
  const broker = kind === null && `a broker, but bridge ${bridge} has none`
  const canDisconnect = kind !== null && brokerPrograms[kind].disconnectClients !== null
  const unmet: Readonly<Record<Need, string | false>> = {
    broker,
    'broker-path':
      broker || (driver === 'compose' && 'a proxy between nodes and broker, but driver compose has none'),
    'broker-disconnect':
      broker || (!canDisconnect && `a broker that can disconnect its clients, but ${kind} can't`),
    'balancer-reload': !canReload && `a balancer that can reload, but ${balancer.kind} can't`,
  }
  return chaos.flatMap((event, index) => {
    const need = event && eventOf(event).needs?.find((need) => unmet[need])
    if (!need) return []
    return [issueAt(['chaos', index, 'event'], `${event.event} needs ${unmet[need]}`, 'another event')]
  })
}
