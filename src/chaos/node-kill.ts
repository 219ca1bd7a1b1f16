import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { showGone } from './evidence.js'
import { actsOnOneNode, type NodeSelection, nodeSelection } from './node-selection.js'

/** SIGKILL: the kernel resets the node's connections; the balancer has to notice. */
export const nodeKill: ChaosEvent<{ readonly node: NodeSelection }> = {
  kind: 'node-kill',
  summary: 'SIGKILL a node; the balancer has to notice by itself',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ node: nodeSelection }),
  ...actsOnOneNode,
  removesNodes: () => 1,
  windowMs: () => 15_000,
  async inject(cluster, _action, { nodes: [node], observe }) {
    await cluster.killNode(node!)
    observe(await showGone(cluster, node!))
  },
}
