import { z } from 'zod'
import type { ChaosEvent } from './event.js'

/** Shows what any deployment of a new configuration does to open connections. */
export const balancerReload: ChaosEvent<Record<string, never>> = {
  kind: 'balancer-reload',
  summary: 'reload the balancer with an unchanged configuration',
  explains: { disconnects: true, lossesInFlight: 'none' },
  arguments: z.strictObject({}),
  needs: ['balancer-reload'],
  windowMs: () => 10_000,
  async inject(cluster, _action, { observe }) {
    observe(await cluster.reloadBalancer())
  },
}
