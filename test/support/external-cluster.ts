import type { Cluster } from '../../src/cluster/cluster.js'

/** A cluster that is one server, which somebody else runs: nothing of it can be sampled, killed or added to. */
export function externalCluster(port: number): Cluster {
  const parts: Pick<Cluster, Asked> = {
    info: {
      driver: 'local',
      balancer: { kind: 'none', strategy: 'none', isEmbedded: false, version: '' },
      broker: null,
      bridge: 'none',
    },
    endpoints: [{ host: '127.0.0.1', port, path: '/ws/', tls: null }],
    brokerUrl: null,
    nodes: [],
    unexpectedExits: [],
    poolRemovals: [],
    sample: () => Promise.resolve([]),
    down: () => Promise.resolve(),
  }
  // What a run without events never asks for is missing: asking would be a bug, and throws.
  return parts as Cluster
}

type Asked =
  | 'info'
  | 'endpoints'
  | 'brokerUrl'
  | 'nodes'
  | 'unexpectedExits'
  | 'poolRemovals'
  | 'sample'
  | 'down'
