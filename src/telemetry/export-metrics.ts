import type { Plan } from '../plan/plan.js'
import type { RunObserver } from '../run/observer.js'
import { type MetricsAddress, serveMetrics } from './metrics-endpoint.js'
import { pushMetrics } from './otlp-push.js'

export interface MetricsExport {
  readonly observer: Partial<RunObserver>
  /** Where they are served; null where they are only pushed. */
  readonly url: string | null
  /** Pushes a last time. Resolves with what went wrong with pushing, null where nothing did. */
  end(): Promise<string | null>
}

/** Serves the metrics of a run at `address` and pushes them to `collector`, where those are given. */
export async function exportMetrics(
  plan: Plan,
  { address, collector }: { readonly address: MetricsAddress | null; readonly collector: URL | null },
): Promise<MetricsExport | null> {
  if (address === null && collector === null) return null
  // Loaded only now: prom-client and hdr-histogram-js are large.
  const { LiveMetrics } = await import('./live-metrics.js')
  const observer = new LiveMetrics(plan)
  const endpoint = address && (await serveMetrics(address, () => observer.text()))
  const push = collector && pushMetrics(collector, () => observer.otlp())
  return {
    observer,
    url: endpoint?.url ?? null,
    async end() {
      await endpoint?.close()
      return (await push?.end()) ?? null
    },
  }
}
