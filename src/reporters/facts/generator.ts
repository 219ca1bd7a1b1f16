import { formatBytes, formatMicros, formatShare } from '../../base/format.js'
import { sumOf } from '../../base/sum.js'
import { readingsOf } from '../../results/assemble/bounds.js'
import type { PartPeak, Result } from '../../results/result.js'
import { blockOf, type FactBlock, type FactRow, type FactTable, NOTHING } from './fact.js'

/** Whether the generator kept up: each bounded figure by worker; then what every part of the run used. */
export function generatorFacts(result: Result): FactBlock | null {
  const { workers } = result.generator
  if (workers.length === 0) return null
  const readings = readingsOf(result)
  return blockOf('Generator', {
    table: {
      title: 'Generator',
      columns: [
        { label: 'bound' },
        { label: 'worst' },
        ...workers.map((_, index) => ({ label: `worker ${index}`, rank: 1 as const })),
      ],
      // A figure of 0 is nowhere near its bound.
      rows: [
        ...readings
          .filter(({ isZero }) => !isZero)
          .map(({ label, bound, value, byWorker, isNear }) => ({
            name: label,
            cells: [
              { value: bound },
              { value, ...(isNear && { tone: 'doubt' as const }) },
              ...workers.map((_, index) => ({ value: byWorker[index] ?? NOTHING })),
            ],
          })),
        memoryRow(workers),
      ],
    },
    tables: [resources(result)],
    // One past its bound is among the reasons of the verdict.
    items: readings
      .filter(({ isNear, isExceeded }) => isNear && !isExceeded)
      .map(({ words, advice }) => ({ label: 'near its bound', value: `${words}: ${advice}`, tone: 'doubt' })),
  })
}

function memoryRow(workers: Result['generator']['workers']): FactRow {
  const bytes = workers.map(({ peakRssBytes }) => peakRssBytes)
  const values = [Math.max(...bytes), ...bytes].map(formatBytes)
  return { name: 'peak memory', cells: [NOTHING, ...values].map((value) => ({ value })) }
}

/** A column for each part, the nodes' last. */
function resources({ cluster: { peaks, nodes }, scenario }: Result): FactTable {
  const measuredMicros = scenario.plan.phases.measureMs * 1000
  const isNode = new Set(nodes)
  const parts = Object.entries(peaks)
  const ofNodes = parts.flatMap(([name, peak]) => (isNode.has(name) ? [peak] : []))
  const columns = [
    ...parts.filter(([name]) => !isNode.has(name)),
    ...(ofNodes.length > 0
      ? [
          ['busiest node', combined(ofNodes, (values) => Math.max(...values))] as const,
          ['all nodes', combined(ofNodes, (values) => sumOf(values, (value) => value))] as const,
        ]
      : []),
    ...parts.filter(([name]) => isNode.has(name)),
  ]
  const row = (name: string, read: (peak: PartPeak) => string) => ({
    name,
    cells: columns.map(([, peak]) => ({ value: read(peak) })),
  })
  return {
    title: 'Resources',
    columns: columns.map(([label]) => ({ label, ...(isNode.has(label) && { rank: 1 }) })),
    rows: [
      row('peak memory', ({ rssBytes }) => formatBytes(rssBytes)),
      row('CPU time', ({ cpuMicros }) => formatMicros(cpuMicros)),
      row('CPU, measured', ({ measuredCpuMicros }) => formatShare(measuredCpuMicros / measuredMicros)),
    ],
  }
}

function combined(peaks: readonly PartPeak[], combine: (values: readonly number[]) => number): PartPeak {
  const of = (key: keyof PartPeak) => combine(peaks.map((peak) => peak[key]))
  return { rssBytes: of('rssBytes'), cpuMicros: of('cpuMicros'), measuredCpuMicros: of('measuredCpuMicros') }
}
