import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { type NodeTarget, nodeTarget, resolveTarget } from './node-selection.js'
import { AFTERMATH_MS } from './span.js'

/** Out of the pool, its clients sent away as the cluster drains, exit. */
export const nodeDrain: ChaosEvent<{ readonly node: NodeTarget }> = {
  kind: 'node-drain',
  summary: "take a node out of the balancer's pool, send its clients away by cluster.drain, then end it",
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ node: nodeTarget }),
  namesNodes: ({ node }) => [node],
  removesNodes: () => 1,
  windowMs: (_action, { drainWindowMs }) => drainWindowMs + AFTERMATH_MS,
  async inject(cluster, action, { random, affect }) {
    const target = resolveTarget(cluster, action.node, random)
    affect([target])
    await cluster.drainNode(target)
  },
}
