import { summarizeEncoded } from '../latency/summary.js'
import type { Hops, LatencySummary } from '../result.js'
import type { WorkerHops } from '../worker-records.js'

/** The hops of all workers together; null when no sample had stamps that could be used. */
export function hopsOf(workers: readonly WorkerHops[]): Hops | null {
  const of = (read: (own: WorkerHops) => string): LatencySummary => summarizeEncoded(workers.map(read))
  const toClient = of((own) => own.toClient)
  if (toClient.count === 0) return null
  return {
    sampledEach: Math.max(...workers.map((own) => own.sampledEach)),
    unusable: workers.reduce((sum, own) => sum + own.unusable, 0),
    toNode: of((own) => own.toNode),
    broker: of((own) => own.broker),
    toClient,
    sameNode: of((own) => own.sameNode),
    crossNode: of((own) => own.crossNode),
  }
}
