import { formatCount, formatMicros } from '../../base/format.js'
import { WARMUP } from '../../results/assemble/assemble-latency.js'
import type { LatencySummary, Result } from '../../results/result.js'
import type { Page } from '../page.js'

const figures = { p50: 'p50', p90: 'p90', p99: 'p99', p999: 'p99.9', max: 'max' } as const

interface Row {
  readonly name: string
  readonly summary: LatencySummary
  readonly isQuiet: boolean
}

/** How late messages were, from when they should have been sent; by phase where there were several. */
export function latencyBlock({ latency, scenario, generator }: Result, page: Page): string[] {
  const rows = [
    { name: 'from intended send', summary: latency.intended, isQuiet: false },
    ...phaseRows(latency, scenario.plan.phases.spans),
    { name: 'service time', summary: latency.service, isQuiet: false },
    { name: 'send delay', summary: latency.sendDelay, isQuiet: false },
    ...hopRows(latency.hops),
  ].filter(({ summary }) => summary.count > 0)
  if (rows.length === 0) return []
  const keys = Object.keys(figures) as (keyof typeof figures)[]
  return [
    ...page.grid(
      ['Latency', ...Object.values(figures)],
      rows.map(({ summary, ...row }) => ({ ...row, cells: keys.map((key) => formatMicros(summary[key])) })),
    ),
    ...page.facts(ours(latency, generator)).map((line) => page.paint('dim', line)),
    ...page.facts([
      latency.hops && latency.hops.sampledEach > 1
        ? `hops: one copy in ${formatCount(latency.hops.sampledEach)}`
        : '',
      latency.tooLong > 0 ? `${formatCount(latency.tooLong)} longer than 60 s, counted as 60 s` : '',
      latency.negative > 0 ? `${formatCount(latency.negative)} below 0, counted as 0` : '',
    ]),
  ]
}

/** The generator's own part in the figures above: late sends are in `intended`, late reads are in it and in service time. */
function ours({ sendDelay }: Result['latency'], { workers }: Result['generator']): string[] {
  const lagMicros = Math.max(0, ...workers.map((worker) => worker.eventLoopLagP99Micros))
  return [
    'of which ours, at p99',
    `sent ${formatMicros(sendDelay.p99)} late`,
    `read up to ${formatMicros(lagMicros)} late (loop lag)`,
  ]
}

/** What the way consists of, and the whole of it by whether it leads to another node. */
function hopRows(hops: Result['latency']['hops']): Row[] {
  if (!hops) return []
  return [
    { name: '· client → node', summary: hops.toNode, isQuiet: true },
    { name: '· node → broker → node', summary: hops.broker, isQuiet: true },
    { name: '· node → client', summary: hops.toClient, isQuiet: true },
    { name: '· whole, same node', summary: hops.sameNode, isQuiet: true },
    { name: '· whole, other node', summary: hops.crossNode, isQuiet: true },
  ]
}

/** In the order of the plan; none where there is but one phase. */
function phaseRows({ byPhase }: Result['latency'], spans: readonly { readonly name: string }[]): Row[] {
  const names = [...new Set(spans.map(({ name }) => name))].filter((name) => name !== WARMUP)
  const rows = names.flatMap((name) => {
    const summary = byPhase[name]
    return summary && summary.count > 0 ? [{ name: `· ${name}`, summary, isQuiet: true }] : []
  })
  return rows.length > 1 ? rows : []
}
