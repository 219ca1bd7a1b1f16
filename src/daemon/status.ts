import type { Cluster, ClusterNode } from '../cluster/cluster.js'
import { statsOf } from '../cluster/node-stats.js'
import type { NodeStatus, Status } from './messages.js'

/** What `wsbench cluster status` reports; each node is asked for its own figures. */
export async function statusOf(cluster: Cluster, since: string): Promise<Status> {
  return {
    pid: process.pid,
    since,
    cluster: cluster.info,
    urls: cluster.endpoints.map(
      ({ host, port, path, tls }) => `${tls ? 'wss' : 'ws'}://${host}:${port}${path}`,
    ),
    brokerUrl: cluster.brokerUrl,
    nodes: await Promise.all(cluster.nodes.map(statusOfNode)),
    unexpectedExits: cluster.unexpectedExits.map(({ part, how }) => `${part} (${how})`),
  }
}

async function statusOfNode(node: ClusterNode): Promise<NodeStatus> {
  const stats = await statsOf(node)
  if (stats === null) return { ...node, stats: null }
  const { connections, accepted, published, backlogDisconnects } = stats
  return { ...node, stats: { connections, accepted, published, backlogDisconnects } }
}
