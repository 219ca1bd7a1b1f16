import { sortedByName } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { createHistogram, decodeHistogram } from '../latency/histogram.js'
import { summarize, summarizeEncoded } from '../latency/summary.js'
import type { Hops, LatencySummary, Result } from '../result.js'
import type { RunRecord } from '../run-record.js'
import type { PhaseChannelHistogram, WorkerHops } from '../worker-records.js'

/** The phase that is not measured, as the planner names it. */
export const WARMUP = 'warmup'

/** Latencies of all workers together. */
export function latencyOf({ plan, workers }: RunRecord): Result['latency'] {
  const all = workers.map(({ histograms }) => histograms)
  const of = summaryOfParts(all.flatMap((own) => own.fromPlannedSend))
  const phases = plan.phases.spans.map(({ name }) => name)
  const channels = plan.channels.map(({ name }) => name)
  return {
    fromPlannedSend: of(({ phase }) => phase !== WARMUP),
    service: summarizeEncoded(all.map((own) => own.service)),
    sendDelay: summarizeEncoded(all.map((own) => own.sendDelay)),
    byPhase: byName(phases, (name) => of(({ phase }) => phase === name)),
    byChannel: byName(channels, (name) => of(({ phase, channel }) => phase !== WARMUP && channel === name)),
    byPhaseAndChannel: byName(phases, (inPhase) =>
      byName(channels, (name) => of(({ phase, channel }) => phase === inPhase && channel === name)),
    ),
    negative: sumOf(all, (own) => own.negative),
    tooLong: sumOf(all, (own) => own.tooLong),
    hops: hopsOf(all.map((own) => own.hops)),
  }
}

function byName<Value>(names: readonly string[], of: (name: string) => Value): Record<string, Value> {
  return sortedByName(Object.fromEntries([...new Set(names)].map((name) => [name, of(name)])))
}

type Part = Pick<PhaseChannelHistogram, 'phase' | 'channel'>

/** Sums up those that are asked for; each is decoded once. */
function summaryOfParts(
  encoded: readonly PhaseChannelHistogram[],
): (isPart: (part: Part) => boolean) => LatencySummary {
  const parts = encoded.map((part) => ({ ...part, decoded: decodeHistogram(part.histogram) }))
  return (isPart) => {
    const sum = createHistogram()
    for (const part of parts) if (isPart(part)) sum.add(part.decoded)
    return summarize(sum)
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
