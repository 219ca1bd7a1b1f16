import { sortedByName } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { summarizeEncoded } from '../latency/summary.js'
import type { Hops, LatencySummary, Result } from '../result.js'
import type { RunRecord } from '../run-record.js'
import type { WorkerHops } from '../worker-records.js'

/** The phase that is not measured, as the planner names it. */
export const WARMUP = 'warmup'

/** Latencies of all workers together. */
export function latencyOf({ workers }: RunRecord): Result['latency'] {
  const all = workers.map(({ histograms }) => histograms)
  const phases = [...new Set(all.flatMap((own) => Object.keys(own.fromPlannedSendByPhase)))]
  const ofPhases = (names: readonly string[]): LatencySummary =>
    summarizeEncoded(all.flatMap((own) => names.flatMap((name) => own.fromPlannedSendByPhase[name] ?? [])))
  return {
    fromPlannedSend: ofPhases(phases.filter((name) => name !== WARMUP)),
    service: summarizeEncoded(all.map((own) => own.service)),
    sendDelay: summarizeEncoded(all.map((own) => own.sendDelay)),
    byPhase: sortedByName(Object.fromEntries(phases.map((name) => [name, ofPhases([name])]))),
    negative: sumOf(all, (own) => own.negative),
    tooLong: sumOf(all, (own) => own.tooLong),
    hops: hopsOf(all.map((own) => own.hops)),
  }
}

/** The hops of all workers together; null if no sample had usable timestamps. */
export function hopsOf(workers: readonly WorkerHops[]): Hops | null {
  const of = (read: (own: WorkerHops) => string): LatencySummary => summarizeEncoded(workers.map(read))
  const toClient = of((own) => own.toClient)
  if (toClient.count === 0) return null
  return {
    sampledEach: Math.max(...workers.map((own) => own.sampledEach)),
    unusable: sumOf(workers, (own) => own.unusable),
    toNode: of((own) => own.toNode),
    broker: of((own) => own.broker),
    toClient,
    sameNode: of((own) => own.sameNode),
    crossNode: of((own) => own.crossNode),
  }
}
