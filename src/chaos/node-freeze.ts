import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { freezeFor } from './freeze-for.js'
import { actsOnOneNode, type NodeSelection, nodeSelection } from './node-selection.js'
import { AFTERMATH_MS, lasting } from './span.js'

/** SIGSTOP, then SIGCONT: no connection is closed, so only peers that wait for an answer notice. */
export const nodeFreeze: ChaosEvent<{ readonly node: NodeSelection; readonly for: number }> = {
  kind: 'node-freeze',
  summary: 'stop a node with SIGSTOP for a while; its sockets stay open',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ node: nodeSelection, for: lasting }),
  ...actsOnOneNode,
  nodesAway: () => 1,
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(cluster, action, { nodes: [node], ...context }) {
    await freezeFor(cluster, node!, action.for, context)
  },
}
