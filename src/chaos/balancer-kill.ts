import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { showAnswers, showGone } from './evidence.js'
import { downtime } from './span.js'

/** Ends every connection at once; clients can't reconnect until the balancer is back. */
export const balancerKill: ChaosEvent<{ readonly downtime: number }> = {
  kind: 'balancer-kill',
  summary: "SIGKILL the balancer's processes and start them again",
  explains: { disconnects: true, lossesInFlight: 'none' },
  arguments: z.strictObject({ downtime }),
  windowMs: (action) => action.downtime + 15_000,
  async inject(cluster, action, { wait, observe }) {
    await cluster.killBalancer()
    observe(await showGone(cluster, 'balancer'))
    await wait(action.downtime)
    await cluster.startBalancer()
    observe(await showAnswers(cluster, 'balancer'))
  },
}
