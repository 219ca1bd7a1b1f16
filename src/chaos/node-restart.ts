import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { showAnswers, showGone } from './evidence.js'
import { actsOnOneNode, type NodeSelection, nodeSelection } from './node-selection.js'

/** A crash with a supervisor that restarts the process, or an orderly restart: the same node, a new process. */
export const nodeRestart: ChaosEvent<{ readonly node: NodeSelection; readonly how: 'kill' | 'drain' }> = {
  kind: 'node-restart',
  summary: 'end a node, by kill or drain, and start it again at its address',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({
    node: nodeSelection,
    how: z.enum(['kill', 'drain']).default('kill').describe('kill: SIGKILL; drain: the ordinary drain'),
  }),
  ...actsOnOneNode,
  nodesAway: () => 1,
  windowMs: (action, { drainWindowMs }) => (action.how === 'drain' ? drainWindowMs : 0) + 15_000,
  async inject(cluster, action, { nodes: [node], observe }) {
    if (action.how === 'drain') await cluster.drainNode(node!)
    else await cluster.killNode(node!)
    observe(await showGone(cluster, node!))
    await cluster.restartNode(node!)
    observe(await showAnswers(cluster, node!))
  },
}
