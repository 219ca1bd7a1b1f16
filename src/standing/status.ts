import type { NodeStats } from '../../reference-cluster/node/contract.js'
import type { Cluster, ClusterNode } from '../cluster/cluster.js'
import { httpGet } from '../cluster/http-get.js'
import type { NodeStatus, Status } from './messages.js'

/** How the cluster stands; each node is asked itself. */
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
    casualties: cluster.casualties.map(({ part, how }) => `${part} (${how})`),
  }
}

async function statusOfNode(node: ClusterNode): Promise<NodeStatus> {
  const answer = await httpGet({ ...node, tls: null }, '/stats')
  if (answer?.status !== 200) return { ...node, stats: null }
  const { connections, accepted, published } = JSON.parse(answer.body) as NodeStats
  return { ...node, stats: { connections, accepted, published } }
}
