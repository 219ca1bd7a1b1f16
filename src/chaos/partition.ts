import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { type NodeTargets, namedNodes, nodeTargets, resolveTargets } from './node-selection.js'
import { AFTERMATH_MS, lasting } from './span.js'

/** A black hole between nodes and broker: nothing passes either way and nothing closes. */
export const partition: ChaosEvent<{ readonly nodes: NodeTargets; readonly for: number }> = {
  kind: 'partition',
  summary: 'let nothing pass between nodes and broker for a while, and close nothing',
  explains: { disconnects: false, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ nodes: nodeTargets.default('random'), for: lasting }),
  needs: ['broker-path'],
  namesNodes: ({ nodes }) => namedNodes(nodes),
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(cluster, action, { random, affect, wait }) {
    const targets = resolveTargets(cluster, action.nodes, random)
    affect(targets)
    await cluster.shapeBrokerPath(targets, { kind: 'black-hole' })
    await wait(action.for)
    await cluster.shapeBrokerPath(targets, { kind: 'clear' })
  },
}
