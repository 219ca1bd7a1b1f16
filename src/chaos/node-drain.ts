import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { showGone } from './evidence.js'
import { actsOnOneNode, type NodeSelection, nodeSelection } from './node-selection.js'
import { AFTERMATH_MS } from './span.js'

/** The orderly way for a node to leave: out of the pool, then its clients are sent away, then the process ends. */
export const nodeDrain: ChaosEvent<{ readonly node: NodeSelection }> = {
  kind: 'node-drain',
  summary: "take a node out of the balancer's pool, send its clients away by cluster.drain, then end it",
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ node: nodeSelection }),
  ...actsOnOneNode,
  removesNodes: () => 1,
  windowMs: (_action, { drainWindowMs }) => drainWindowMs + AFTERMATH_MS,
  async inject(cluster, _action, { nodes: [node], observe }) {
    await cluster.drainNode(node!)
    observe(await showGone(cluster, node!))
  },
}
