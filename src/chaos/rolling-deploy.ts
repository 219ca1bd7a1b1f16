import { z } from 'zod'
import { WsbenchError } from '../base/errors.js'
import { quantity } from '../base/fields.js'
import { duration } from '../base/quantity.js'
import type { ChaosEvent } from './event.js'
import { nodesUp } from './node-selection.js'
import { AFTERMATH_MS } from './span.js'

/** Each node in turn: drain, restart, healthy, pause. One that can't be done before measuring ends has failed. */
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
  windowMs: ({ pause }, { nodes, drainWindowMs }) => nodes * (drainWindowMs + pause) + AFTERMATH_MS,
  async inject(cluster, { pause }, { affect, wait }) {
    const ids = nodesUp(cluster)
    for (const [done, id] of ids.entries()) {
      if (done > 0 && !(await wait(pause))) throw cutShort(done, ids.length)
      affect([id])
      await cluster.drainNode(id)
      await cluster.restartNode(id)
    }
  },
}

function cutShort(done: number, all: number): WsbenchError {
  return new WsbenchError(`measuring ended after ${done} of ${all} nodes`, { exit: 'setup' })
}
