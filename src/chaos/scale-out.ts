import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { showAnswers } from './evidence.js'

/** An autoscaler that adds nodes: the balancer gets to know of them by its own mechanism. */
export const scaleOut: ChaosEvent<{ readonly nodes: number }> = {
  kind: 'scale-out',
  summary: "start more nodes and add them to the balancer's pool",
  explains: { disconnects: true, lossesInFlight: 'none' },
  arguments: z.strictObject({
    nodes: z.number().int().min(1).max(64).default(1).describe('how many nodes are added'),
  }),
  addsNodes: (action) => action.nodes,
  windowMs: () => 15_000,
  async inject(cluster, action, { observe }) {
    const added = await cluster.addNodes(action.nodes)
    for (const { id } of added) observe(`${await showAnswers(cluster, id)} and is in the pool`)
  },
}
