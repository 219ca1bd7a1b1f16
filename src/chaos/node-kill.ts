import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { type NodeTarget, nodeTarget, resolveTarget } from './node-selection.js'

/** SIGKILL: the node's sockets are reset by the kernel, the balancer is told nothing. */
export const nodeKill: ChaosEvent<{ readonly node: NodeTarget }> = {
  kind: 'node-kill',
  summary: 'SIGKILL a node; the balancer has to notice by itself',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ node: nodeTarget }),
  namesNodes: ({ node }) => [node],
  removesNodes: () => 1,
  windowMs: () => 15_000,
  async inject(cluster, action, { random, affect }) {
    const target = resolveTarget(cluster, action.node, random)
    affect([target])
    await cluster.killNode(target)
  },
}
