import type { ClusterPlan, Plan } from '../plan/plan.js'

/** The plan of the cluster that wsbench runs itself; to ask for it where there is a target is a bug, and throws. */
export function localClusterPlan({ cluster }: Pick<Plan, 'cluster'>): ClusterPlan {
  if (cluster.driver === 'target') throw new TypeError('a target has no cluster of ours')
  return cluster
}
