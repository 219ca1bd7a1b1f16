import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { showAnswers, showGone } from './evidence.js'
import { downtime } from './span.js'

/** Messages published after the broker's start and before a node subscribes again are lost to that node's clients. */
export const brokerRestart: ChaosEvent<{ readonly downtime: number }> = {
  kind: 'broker-restart',
  summary: 'SIGKILL the broker and start it again, empty, at its address',
  explains: { disconnects: false, lossesInFlight: 'any' },
  arguments: z.strictObject({ downtime }),
  needs: ['broker'],
  windowMs: (action) => action.downtime + 15_000,
  async inject(cluster, action, { wait, observe }) {
    await cluster.killBroker()
    observe(await showGone(cluster, 'broker'))
    await wait(action.downtime)
    await cluster.startBroker()
    observe(await showAnswers(cluster, 'broker'))
  },
}
