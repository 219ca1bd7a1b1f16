import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { type NodeTarget, nodeTarget, resolveTarget } from './node-selection.js'

/** A crash that a supervisor mends, or an orderly restart: the same node comes back as a new process. */
export const nodeRestart: ChaosEvent<{ readonly node: NodeTarget; readonly how: 'kill' | 'drain' }> = {
  kind: 'node-restart',
  summary: 'end a node, by kill or drain, and start it again at its address',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({
    node: nodeTarget,
    how: z.enum(['kill', 'drain']).default('kill').describe('kill: SIGKILL; drain: the ordinary drain'),
  }),
  namesNodes: ({ node }) => [node],
  nodesAway: () => 1,
  windowMs: (action, { drainWindowMs }) => (action.how === 'drain' ? drainWindowMs : 0) + 15_000,
  async inject(cluster, action, { random, affect }) {
    const target = resolveTarget(cluster, action.node, random)
    affect([target])
    if (action.how === 'drain') await cluster.drainNode(target)
    else await cluster.killNode(target)
    await cluster.restartNode(target)
  },
}
