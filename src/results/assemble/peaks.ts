import { sortedByName } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import type { PartPeak } from '../result.js'
import type { RunRecord, TimedSample } from '../run-record.js'
import { measuredTicks } from './generator.js'

/** Memory and CPU of each part of the cluster, and of all workers as `generator`. */
export function peaksOf(record: RunRecord): Record<string, PartPeak> {
  const parts = new Set(record.samples.map(({ part }) => part))
  const ofParts = [...parts].map((name): [string, PartPeak] => [
    name,
    peakOf(
      record.samples.filter(({ part }) => part === name),
      record,
    ),
  ])
  return sortedByName({ ...Object.fromEntries(ofParts), generator: generatorPeak(record) })
}

function peakOf(samples: readonly TimedSample[], { measureMicros, stoppedMicros }: RunRecord): PartPeak {
  return {
    rssBytes: Math.max(...samples.map(({ rssBytes }) => rssBytes)),
    cpuMicros: Math.max(...samples.map(({ cpuMicros }) => cpuMicros)),
    measuredCpuMicros: samples.reduce((sum, { atMicros, cpuMicros }, index) => {
      const before = samples[index - 1]
      if (!before || atMicros === before.atMicros) return sum
      const withinMicros = Math.min(atMicros, stoppedMicros) - Math.max(before.atMicros, measureMicros)
      const share = Math.max(0, withinMicros) / (atMicros - before.atMicros)
      // The counter of a part that was restarted begins at 0 again.
      return sum + Math.round(share * Math.max(0, cpuMicros - before.cpuMicros))
    }, 0),
  }
}

function generatorPeak(record: RunRecord): PartPeak {
  const health = record.workers.map((worker) => worker.health)
  const seconds = record.ticks.flatMap((ticks) => measuredTicks(record, ticks))
  return {
    rssBytes: sumOf(health, ({ peakRssBytes }) => peakRssBytes),
    cpuMicros: sumOf(health, ({ cpuMicros }) => cpuMicros),
    // A tick is a second.
    measuredCpuMicros: Math.round(sumOf(seconds, ({ cpuShare }) => cpuShare * 1e6)),
  }
}
