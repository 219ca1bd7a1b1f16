import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { actsOnNodes, type NodesSelection, nodesSelection } from './node-selection.js'
import { AFTERMATH_MS, lasting } from './span.js'

/** A black hole between nodes and broker: no packet gets through, and no connection is closed. */
export const partition: ChaosEvent<{ readonly nodes: NodesSelection; readonly for: number }> = {
  kind: 'partition',
  summary: 'drop everything between nodes and broker for a while; connections stay open',
  explains: { disconnects: false, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ nodes: nodesSelection.default('random'), for: lasting }),
  needs: ['broker-path'],
  ...actsOnNodes,
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(cluster, action, { nodes, wait }) {
    await cluster.shapeBrokerPath(nodes, { kind: 'black-hole' })
    await wait(action.for)
    await cluster.shapeBrokerPath(nodes, { kind: 'clear' })
  },
}
