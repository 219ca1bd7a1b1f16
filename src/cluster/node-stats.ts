import type { NodeStats } from '../../reference-cluster/node/counters.js'
import type { ClusterNode } from './cluster.js'
import { httpGet } from './http-get.js'

/** What a node tells of itself; null when it does not answer. */
export async function statsOf({ host, port }: Pick<ClusterNode, 'host' | 'port'>): Promise<NodeStats | null> {
  const answer = await httpGet({ host, port, tls: null }, '/stats')
  return answer?.status === 200 ? (JSON.parse(answer.body) as NodeStats) : null
}

/** Clients that these nodes cut off for not reading; null where one does not tell, or there is none to ask. */
export async function backlogDisconnectsOf(nodes: readonly ClusterNode[]): Promise<number | null> {
  const stats = await Promise.all(nodes.map(statsOf))
  const counts = stats.flatMap((each) => (each === null ? [] : [each.backlogDisconnects]))
  if (counts.length === 0 || counts.length < nodes.length) return null
  return counts.reduce((sum, count) => sum + count, 0)
}
