import { sumOf } from '../../base/sum.js'
import { summarizeEncoded } from '../latency/summary.js'
import type { Result } from '../result.js'
import type { RunRecord } from '../run-record.js'
import type { Tick } from '../worker-records.js'

/** Long enough that one garbage collection does not count, short enough that a reconnect storm does. */
const BUSIEST_MS = 5_000

/** Figures of the generator itself. */
export function generatorOf(record: RunRecord): Result['generator'] {
  // A worker that died has ticks but no report, and the two lists no longer correspond.
  const isPaired = record.ticks.length === record.workers.length
  return {
    workers: record.workers.map(({ health, histograms }, index) => ({
      cpuShareMax: isPaired ? busiestShare(measuredTicks(record, record.ticks[index]!)) : health.cpuShareMax,
      cpuMicros: health.cpuMicros,
      peakRssBytes: health.peakRssBytes,
      eventLoopLagP99Micros: summarizeEncoded([health.eventLoopLag]).p99,
      longestPauseMicros: health.longestPauseMicros,
      sendDelayP99Micros: summarizeEncoded([histograms.sendDelay]).p99,
      connections: health.connections,
    })),
    eventLoopLag: summarizeEncoded(record.workers.map(({ health }) => health.eventLoopLag)),
    sendDelayP99Micros: summarizeEncoded(record.workers.map(({ histograms }) => histograms.sendDelay)).p99,
    overruns: sumOf(record.workers, ({ health }) => health.overruns),
    listenOverflows: record.listenOverflows,
    wallClockSteps: record.wallClockSteps.map(({ atMicros, stepMs }) => ({
      atMs: Math.round((atMicros - record.measureMicros) / 1000),
      stepMs: Math.round(stepMs),
    })),
  }
}

/** The ticks of the measure phase. */
export function measuredTicks(
  { measureMicros, stoppedMicros }: RunRecord,
  ticks: readonly Tick[],
): readonly Tick[] {
  return ticks.filter(({ atMicros }) => atMicros > measureMicros && atMicros <= stoppedMicros)
}

function busiestShare(ticks: readonly Tick[]): number {
  const length = Math.min(BUSIEST_MS / 1000, ticks.length)
  let busiest = 0
  for (let start = 0; start + length <= ticks.length && length > 0; start += 1) {
    const share = sumOf(ticks.slice(start, start + length), ({ cpuShare }) => cpuShare) / length
    busiest = Math.max(busiest, share)
  }
  return busiest
}
