import { formatCount } from '../../base/format.js'
import type { ClusterPlan } from '../../cluster/cluster-plan.js'
import { type FewestNodesMoment, fewestNodesMoment } from '../../plan/events.js'
import type { Plan } from '../../plan/plan.js'
import { busiestNode, MOST_NODES } from '../plan-cluster.js'

export interface BusiestNode {
  readonly connections: number
  /** `15,001 connections on each of 20 nodes`, `28,501 connections on each of the 2 nodes that node-kill#1 leaves` */
  readonly label: string
  /** How many nodes the scenario needs so that none ever has more than `capacity` connections; null: more than allowed. */
  nodesNeeded(capacity: number): number | null
}

/** The node with the most connections, at the time when the fewest nodes serve all clients. */
export function busiestNodeOf(
  { chaos, estimate: { connections } }: Plan,
  { nodes, balancer: { strategy } }: ClusterPlan,
): BusiestNode {
  const mostWith = (count: number) =>
    busiestNode(connections, fewestNodesMoment(count, chaos).nodes, strategy)
  const fewest = fewestNodesMoment(nodes, chaos)
  const most = mostWith(nodes)
  return {
    connections: most,
    label: `${formatCount(most)} connections on ${whichOf(fewest, most > Math.ceil(connections / fewest.nodes))}`,
    nodesNeeded(capacity) {
      const counts = Array.from({ length: MOST_NODES - nodes + 1 }, (_, index) => nodes + index)
      return counts.find((count) => mostWith(count) <= capacity) ?? null
    },
  }
}

function whichOf({ nodes, eventId }: FewestNodesMoment, isUneven: boolean): string {
  const by = eventId === null ? '' : ` that ${eventId} leaves`
  if (nodes === 1) return `the one node${by}`
  const which = isUneven ? 'the fullest' : 'each'
  return eventId === null ? `${which} of ${nodes} nodes` : `${which} of the ${nodes} nodes${by}`
}
