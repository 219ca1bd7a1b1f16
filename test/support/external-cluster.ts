import type { Cluster } from '../../src/cluster/cluster.js'

/** A cluster that is one server, which somebody else runs: nothing of it can be sampled, killed or added to. */
export function externalCluster(port: number): Cluster {
  return {
    info: {
      driver: 'local',
      balancer: { kind: 'none', strategy: 'none', isEmbedded: false, version: '' },
      broker: null,
      bridge: 'none',
    },
    endpoints: [{ host: '127.0.0.1', port, path: '/ws/', tls: null }],
    brokerUrl: null,
    nodes: [],
    casualties: [],
    sample: () => Promise.resolve([]),
    down: () => Promise.resolve(),
    addNodes: () => Promise.reject(new Error('there are no nodes to add to')),
    killNode: (id) => Promise.reject(new Error(`there is no ${id}`)),
    drainNode: (id) => Promise.reject(new Error(`there is no ${id}`)),
  }
}
