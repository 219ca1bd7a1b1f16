import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { downtime } from './span.js'

/** What is published between the broker's return and a node's new subscription is lost to that node's clients. */
export const brokerRestart: ChaosEvent<{ readonly downtime: number }> = {
  kind: 'broker-restart',
  summary: 'SIGKILL the broker and start it again, empty, at its address',
  explains: { disconnects: false, lossesInFlight: 'any' },
  arguments: z.strictObject({ downtime }),
  needs: ['broker'],
  windowMs: (action) => action.downtime + 15_000,
  async inject(cluster, action, { affect, wait }) {
    affect([])
    await cluster.killBroker()
    await wait(action.downtime)
    await cluster.startBroker()
  },
}
