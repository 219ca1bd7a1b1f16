import { z } from 'zod'
import type { ChaosEvent } from './event.js'

/** Starts more nodes and puts them into the balancer's pool by the balancer's own mechanism. */
export const scaleOut: ChaosEvent<{ readonly nodes: number }> = {
  kind: 'scale-out',
  summary: "start more nodes and add them to the balancer's pool",
  explains: { disconnects: true, lossesInFlight: 'none' },
  arguments: z.strictObject({ nodes: z.number().int().min(1).max(64).default(1) }),
  addsNodes: (action) => action.nodes,
  windowMs: () => 15_000,
  async inject(cluster, action, { affect }) {
    affect([])
    await cluster.addNodes(action.nodes)
  },
}
