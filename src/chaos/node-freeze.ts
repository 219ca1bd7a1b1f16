import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { type NodeTarget, nodeTarget, resolveTarget } from './node-selection.js'
import { AFTERMATH_MS, lasting } from './span.js'

/** SIGSTOP … SIGCONT: no socket closes, so only who waits for an answer can notice. */
export const nodeFreeze: ChaosEvent<{ readonly node: NodeTarget; readonly for: number }> = {
  kind: 'node-freeze',
  summary: 'stop a node with SIGSTOP for a while; its sockets stay open',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ node: nodeTarget, for: lasting }),
  namesNodes: ({ node }) => [node],
  nodesAway: () => 1,
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(cluster, action, { random, affect, wait }) {
    const target = resolveTarget(cluster, action.node, random)
    affect([target])
    await cluster.freeze(target)
    await wait(action.for)
    await cluster.thaw(target)
  },
}
