import { formatCount, formatMicros } from '../../base/format.js'
import { entry } from '../../base/records.js'
import { WARMUP } from '../../results/assemble/latency.js'
import type { LatencySummary, Result } from '../../results/result.js'
import { blockOf, type Column, countedIfAny, type Fact, type FactBlock, type FactRow } from './fact.js'

const percentiles = [
  { label: 'min', figure: 'min', rank: 2 },
  { label: 'mean', figure: 'mean', rank: 2 },
  { label: 'p50', figure: 'p50' },
  { label: 'p90', figure: 'p90' },
  { label: 'p95', figure: 'p95', rank: 1 },
  { label: 'p99', figure: 'p99' },
  { label: 'p99.9', figure: 'p999' },
  { label: 'max', figure: 'max' },
] as const satisfies readonly (Column & { readonly figure: keyof LatencySummary })[]

/** Latency from the planned send, by phase and by channel where there were several; service time, generator delay and hops. */
export function latencyFacts({ latency, scenario, generator }: Result): FactBlock | null {
  const { fromPlannedSend, service, sendDelay, hops, tooLong, negative } = latency
  const phases = phaseRows(latency, scenario.plan.phases.spans)
  const rows = [
    rowOf('from planned send', fromPlannedSend),
    ...(phases.length > 1 ? phases : []),
    ...channelRows(latency, scenario.plan.channels),
    rowOf('generator delay', sendDelay),
    rowOf('service time', service),
    ...hopRows(hops),
  ].flat()
  if (rows.length === 0) return null
  return blockOf('Latency', {
    table: { title: 'Latency', columns: [...percentiles, { label: 'samples', rank: 2 }], rows },
    facts: [
      overhead(sendDelay, generator),
      ...(hops && hops.sampledEach > 1
        ? [{ label: 'hops', value: `one copy in ${formatCount(hops.sampledEach)} measured` }]
        : []),
      ...countedIfAny('longer than 60 s, counted as 60 s', tooLong),
      ...countedIfAny('below 0, counted as 0', negative),
    ],
  })
}

/** The generator's own part: late sends add to `from planned send`, late reads add to that and to service time. */
function overhead({ p99 }: LatencySummary, { workers }: Result['generator']): Fact {
  const lagMicros = Math.max(0, ...workers.map((worker) => worker.eventLoopLagP99Micros))
  return {
    label: 'generator overhead (p99)',
    value: `generator delay ${formatMicros(p99)}, event-loop lag ≤ ${formatMicros(lagMicros)}`,
    tone: 'quiet',
  }
}

/** In the order of the plan. */
function phaseRows({ byPhase }: Result['latency'], spans: readonly { readonly name: string }[]): FactRow[] {
  const names = [...new Set(spans.map(({ name }) => name))].filter((name) => name !== WARMUP)
  return names.flatMap((name) => rowOf(name, entry(byPhase, name), true))
}

/** In the order of the plan; none for a lone channel, whose latency is that of the run. */
function channelRows(
  { byChannel }: Result['latency'],
  channels: readonly { readonly name: string }[],
): FactRow[] {
  if (channels.length < 2) return []
  return channels.flatMap(({ name }) => rowOf(`channel ${name}`, entry(byChannel, name), true))
}

/** The parts of the service time, and the whole of it by whether publisher and subscriber share a node. */
function hopRows(hops: Result['latency']['hops']): FactRow[] {
  if (!hops) return []
  return [
    rowOf('client → node', hops.toNode, true),
    rowOf('node → broker → node', hops.broker, true),
    rowOf('node → client', hops.toClient, true),
    rowOf('end-to-end, same node', hops.sameNode, true),
    rowOf('end-to-end, cross node', hops.crossNode, true),
  ].flat()
}

/** None where there are no samples. */
function rowOf(name: string, summary: LatencySummary | undefined, isQuiet = false): FactRow[] {
  if (!summary || summary.count === 0) return []
  const values = [
    ...percentiles.map(({ figure }) => formatMicros(summary[figure])),
    formatCount(summary.count),
  ]
  return [{ name, cells: values.map((value) => ({ value })), isQuiet }]
}
