import { sortedByName } from '../../base/records.js'
import { summarizeEncoded } from '../latency/summary.js'
import type { LatencySummary, Result } from '../result.js'
import type { RunRecord } from '../run-record.js'
import type { WorkerHistograms } from '../worker-records.js'
import { hopsOf } from './assemble-hops.js'

/** The phase that is not measured, as the planner names it. */
export const WARMUP = 'warmup'

/** Latencies of all workers together; `intended` is over every phase but warm-up. */
export function latencyOf({ workers }: RunRecord): Result['latency'] {
  const all = workers.map(({ histograms }) => histograms)
  const phases = [...new Set(all.flatMap((own) => Object.keys(own.intendedByPhase)))]
  const ofPhases = (names: readonly string[]): LatencySummary =>
    summarizeEncoded(all.flatMap((own) => names.flatMap((name) => own.intendedByPhase[name] ?? [])))
  const sum = (read: (own: WorkerHistograms) => number) => all.reduce((so, own) => so + read(own), 0)
  return {
    intended: ofPhases(phases.filter((name) => name !== WARMUP)),
    service: summarizeEncoded(all.map((own) => own.service)),
    sendDelay: summarizeEncoded(all.map((own) => own.sendDelay)),
    byPhase: sortedByName(Object.fromEntries(phases.map((name) => [name, ofPhases([name])]))),
    negative: sum((own) => own.negative),
    tooLong: sum((own) => own.tooLong),
    hops: hopsOf(all.map((own) => own.hops)),
  }
}
