import { formatCount } from '../../base/format.js'
import type { ClusterPlan } from '../../cluster/cluster-plan.js'
import { type FewestNodesMoment, fewestNodesMoment } from '../../plan/event-windows.js'
import type { Plan } from '../../plan/plan.js'
import { busiestNode, MOST_NODES } from '../plan-cluster.js'

export interface BusiestNode {
  readonly connections: number
  /** `15,001 connections on each of 20 nodes`, `28,501 connections on each of the 2 nodes that node-kill#1 leaves` */
  readonly words: string
  /** Nodes at the start, no fewer than now, that leave none with more than `capacity` at any time; null: more than may be. */
  enough(capacity: number): number | null
}

/** The node with the most connections, at the moment of the timeline when the fewest hold them all. */
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
    words: `${formatCount(most)} connections on ${whichOf(fewest, most > Math.ceil(connections / fewest.nodes))}`,
    enough(capacity) {
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
