import { z } from 'zod'
import { WsbenchError } from '../base/errors.js'
import type { ChaosEvent } from './event.js'
import { nodesUp } from './node-selection.js'
import { AFTERMATH_MS } from './span.js'

/** The newest nodes leave by the ordinary drain, one after the other. */
export const scaleIn: ChaosEvent<{ readonly nodes: number }> = {
  kind: 'scale-in',
  summary: 'drain the newest nodes, one after the other',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ nodes: z.number().int().min(1).max(63).default(1) }),
  removesNodes: (action) => action.nodes,
  windowMs: (action, { drainWindowMs }) => action.nodes * drainWindowMs + AFTERMATH_MS,
  async inject(cluster, action, { affect }) {
    const up = nodesUp(cluster)
    if (action.nodes >= up.length) {
      throw new WsbenchError(`${up.length} nodes are up: none would be left without ${action.nodes}`, {
        exit: 'setup',
      })
    }
    const leaving = up.toReversed().slice(0, action.nodes)
    for (const id of leaving) {
      affect([id])
      await cluster.drainNode(id)
    }
  },
}
