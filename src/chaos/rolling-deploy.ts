import { z } from 'zod'
import { setupError } from '../base/errors.js'
import { quantity } from '../base/fields.js'
import { duration } from '../base/quantity.js'
import type { ChaosEvent } from './event.js'
import { showAnswers, showGone } from './evidence.js'
import { nodesUp } from './node-selection.js'
import { AFTERMATH_MS } from './span.js'

/** One node after the other: drain, restart, wait until healthy, pause. It fails if measuring ends before the last node. */
export const rollingDeploy: ChaosEvent<{ readonly pause: number }> = {
  kind: 'rolling-deploy',
  summary: 'drain and restart every node, one after the other',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({
    pause: quantity(duration, { to: '1h' })
      .prefault('2s')
      .describe('between one node being healthy again and the next being drained'),
  }),
  nodesAway: () => 1,
  selectNodes: nodesUp,
  windowMs: ({ pause }, { nodes, drainWindowMs }) => nodes * (drainWindowMs + pause) + AFTERMATH_MS,
  async inject(cluster, { pause }, { nodes, turn, wait, observe }) {
    for (const [done, id] of nodes.entries()) {
      if (done > 0 && !(await wait(pause)))
        throw setupError(`measuring ended after ${done} of ${nodes.length} nodes`)
      const endTurn = turn(id)
      await cluster.drainNode(id)
      observe(await showGone(cluster, id))
      await cluster.restartNode(id)
      endTurn()
      observe(await showAnswers(cluster, id))
    }
  },
}
