import { z } from 'zod'
import type { ChaosEvent } from './event.js'

/** The reload of an unchanged configuration: what every deployment of the balancer does to open sockets. */
export const balancerReload: ChaosEvent<Record<string, never>> = {
  kind: 'balancer-reload',
  summary: 'reload the balancer with an unchanged configuration',
  explains: { disconnects: true, lossesInFlight: 'none' },
  arguments: z.strictObject({}),
  needs: ['balancer-reload'],
  windowMs: () => 10_000,
  async inject(cluster, _action, { affect }) {
    affect([])
    await cluster.reloadBalancer()
  },
}
