import { plural } from '../base/format.js'
import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { MetricVerdict } from '../results/baseline/judge-metric.js'
import type { Difference } from '../results/comparison/differences.js'
import { formatQuantity } from '../results/units.js'

/** `5 runs against 5 of the baseline` */
export function runsWords({ runs: { candidate, baseline } }: BaselineReport): string {
  const runs = plural(candidate, 'run')
  return baseline === 0 ? runs : `${runs} against ${baseline} of the baseline`
}

/** What a reader must know before the figures. */
export function caveats({ runs, metrics }: BaselineReport): string[] {
  const few = Math.min(runs.candidate, runs.baseline) < 3 && metrics.length > 0
  return few ? ['fewer than 3 runs on a side: only what differs by far is told'] : []
}

/** `12.1 ms → 14.6 ms, +20.5 % (95 %: +14.0 to +27.1 %), limit 10.0 % and 1.00 ms` */
export function changeWords(verdict: MetricVerdict): string {
  const { baselineMedian, candidateMedian, change, interval, limit, unit } = verdict
  const value = (some: number | null) => (some === null ? 'nothing' : formatQuantity(some, unit))
  const sure = interval ? ` (${percent(interval.confidence)}: ${range(interval)})` : ''
  return [
    `${value(baselineMedian)} → ${value(candidateMedian)}`,
    ...(change === null ? [] : [`${signed(change)} %${sure}`]),
    `limit ${limit}`,
  ].join(', ')
}

/** `machine.host: bench-1, bench-2` */
export function differenceWords({ path, values }: Difference): string {
  return `${path}: ${values.join(', ')}`
}

function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${signed(low)} to ${signed(high)} %`
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
}

function signed(share: number): string {
  const text = (share * 100).toFixed(1)
  return share > 0 ? `+${text}` : text.replace('-', '−')
}
