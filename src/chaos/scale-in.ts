import { z } from 'zod'
import { setupError } from '../base/errors.js'
import type { ChaosEvent } from './event.js'
import { showGone } from './evidence.js'
import { nodesUp } from './node-selection.js'
import { AFTERMATH_MS } from './span.js'

/** An autoscaler that removes nodes: the newest leave by the ordinary drain. */
export const scaleIn: ChaosEvent<{ readonly nodes: number }> = {
  kind: 'scale-in',
  summary: 'drain the newest nodes, one after the other',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({
    nodes: z.number().int().min(1).max(63).default(1).describe('how many nodes are removed'),
  }),
  removesNodes: (action) => action.nodes,
  windowMs: (action, { drainWindowMs }) => action.nodes * drainWindowMs + AFTERMATH_MS,
  selectNodes(cluster, { nodes }) {
    const up = nodesUp(cluster)
    if (nodes >= up.length) throw setupError(`${up.length} nodes are up: none would be left without ${nodes}`)
    return up.toReversed().slice(0, nodes)
  },
  async inject(cluster, _action, { nodes, turn, observe }) {
    for (const id of nodes) {
      const endTurn = turn(id)
      await cluster.drainNode(id)
      endTurn()
      observe(await showGone(cluster, id))
    }
  },
}
