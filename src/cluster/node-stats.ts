import type { NodeStats } from '../../reference-cluster/node/counters.js'
import { sumOf } from '../base/sum.js'
import type { ClusterNode } from './cluster.js'
import { httpGet } from './http-get.js'

/** The /stats of a node; null when it does not answer in time. */
export async function statsOf(
  { host, port }: Pick<ClusterNode, 'host' | 'port'>,
  withinMs?: number,
): Promise<NodeStats | null> {
  const answer = await httpGet({ host, port, tls: null }, '/stats', withinMs)
  return answer?.status === 200 ? (JSON.parse(answer.body) as NodeStats) : null
}

/** Number of clients that these nodes disconnected as slow consumers; null when a node does not answer, or there is none. */
export async function backlogDisconnectsOf(nodes: readonly ClusterNode[]): Promise<number | null> {
  const stats = await Promise.all(nodes.map((node) => statsOf(node)))
  const counts = stats.flatMap((each) => (each === null ? [] : [each.backlogDisconnects]))
  if (counts.length === 0 || counts.length < nodes.length) return null
  return sumOf(counts, (count) => count)
}
