import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { AFTERMATH_MS } from './span.js'

/** Shows what any deployment of a new configuration does to open connections. It lasts until the balancer has ended them. */
export const balancerReload: ChaosEvent<Record<string, never>> = {
  kind: 'balancer-reload',
  summary: 'reload the balancer with an unchanged configuration',
  explains: { disconnects: true, lossesInFlight: 'none' },
  arguments: z.strictObject({}),
  needs: ['balancer-reload'],
  windowMs: (_action, { reloadCutsAfterMs }) => reloadCutsAfterMs + AFTERMATH_MS,
  async inject(cluster, _action, { observe, wait }) {
    observe(await cluster.reloadBalancer())
    await wait(cluster.reloadCutsAfterMs ?? 0)
  },
}
