import { sortedByName } from '../../base/records.js'
import type { PartPeak } from '../result.js'
import type { RunRecord, TimedSample } from '../run-record.js'
import { measured } from './assemble-generator.js'

/** Memory and CPU of each part of the cluster, and of all workers as `generator`. */
export function peaksOf(record: RunRecord): Record<string, PartPeak> {
  const parts = new Map<string, TimedSample[]>()
  for (const sample of record.samples) {
    const known = parts.get(sample.part)
    if (known) known.push(sample)
    else parts.set(sample.part, [sample])
  }
  const ofParts = [...parts].map(([part, samples]) => [part, peakOf(samples, record)] as const)
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
      // A part that was started anew counts from 0 again.
      return sum + Math.round(share * Math.max(0, cpuMicros - before.cpuMicros))
    }, 0),
  }
}

function generatorPeak(record: RunRecord): PartPeak {
  const sum = (read: (health: RunRecord['workers'][number]['health']) => number) =>
    record.workers.reduce((all, { health }) => all + read(health), 0)
  const seconds = record.ticks.flatMap((ticks) => measured(record, ticks))
  return {
    rssBytes: sum(({ peakRssBytes }) => peakRssBytes),
    cpuMicros: sum(({ cpuMicros }) => cpuMicros),
    // A tick is a second.
    measuredCpuMicros: Math.round(seconds.reduce((all, { cpuShare }) => all + cpuShare * 1e6, 0)),
  }
}
