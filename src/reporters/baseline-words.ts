import { formatCount, plural } from '../base/format.js'
import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { MetricOutcome } from '../results/baseline/finding.js'
import type { MetricVerdict } from '../results/baseline/judge-metric.js'
import type { Difference } from '../results/comparison/differences.js'
import { FEWEST_RUNS } from '../results/statistics/shift.js'
import { formatQuantity } from '../results/units.js'

/** `5 runs against 5 of the baseline` */
export function runsWords({ runs: { candidate, baseline } }: BaselineReport): string {
  const runs = plural(candidate, 'run')
  return baseline === 0 ? runs : `${runs} against ${baseline} of the baseline`
}

/** The mark of an outcome where a reader sees no colour: only what passes has a tick. */
export function markOf({ ok, outcome }: { readonly ok: boolean; readonly outcome: MetricOutcome }): string {
  if (!ok) return '❌'
  return outcome === 'inconclusive' || outcome === 'no baseline' ? '❔' : '✅'
}

/** What a reader must know before the figures. */
export function caveats({ runs, metrics }: BaselineReport): string[] {
  const few = Math.min(runs.candidate, runs.baseline) < FEWEST_RUNS && metrics.length > 0
  return few
    ? [
        `fewer than ${FEWEST_RUNS} runs on a side: nothing is known of how runs vary, so times are inconclusive`,
      ]
    : []
}

/** `12.1 ms → 14.6 ms, +20.5 % (95 %: +14.0 to +27.1 %), limit 10.0 % and 1.00 ms` */
export function changeWords(verdict: MetricVerdict): string {
  const { change, interval, limit, sensitivity } = verdict
  const sure = interval ? ` (${percent(interval.confidence)}: ${range(interval)})` : ''
  return [
    valuesWords(verdict),
    ...(change === null ? [] : [`${signed(change)} %${sure}`]),
    `limit ${limit}`,
    ...(sensitivity === null ? [] : [sensitivityWords(verdict)]),
  ].join(', ')
}

/** Medians; of counts, which are judged by their sums, `0 → 70 in 5 runs each`. */
function valuesWords({ baselineMedian, candidateMedian, totals, unit, ...runs }: MetricVerdict): string {
  const value = (some: number | null) => (some === null ? 'nothing' : formatQuantity(some, unit))
  if (totals === null) return `${value(baselineMedian)} → ${value(candidateMedian)}`
  const [before, after] = [runs.baseline.length, runs.candidate.length]
  if (before === after && after === 1) return `${value(totals.baseline)} → ${value(totals.candidate)}`
  return before === after
    ? `${value(totals.baseline)} → ${value(totals.candidate)} in ${after} runs each`
    : `${value(totals.baseline)} in ${plural(before, 'run')} → ${value(totals.candidate)} in ${plural(after, 'run')}`
}

/** What these repeats could have shown, and how many would be enough. */
function sensitivityWords({ sensitivity, unit, totals }: MetricVerdict): string {
  const { smallestChange, smallestAmount, repeats } = sensitivity!
  // From no losses at all, a mean below 1 per run can be shown.
  const amount = totals && smallestAmount !== null ? smallestAmount.toPrecision(2) : null
  const shown =
    smallestChange !== null
      ? `these runs show a change of ${changeOf(smallestChange)} or more`
      : smallestAmount === null
        ? 'these runs show no change of any size'
        : `these runs show ${amount ?? formatQuantity(smallestAmount, unit)} per run or more`
  const enough =
    repeats === null
      ? smallestAmount === null
        ? `give at least ${FEWEST_RUNS} on each side`
        : 'no practicable number of runs shows the limit'
      : `about ${repeats} on each side would show the limit`
  return `${shown}; ${enough}`
}

/** `machine.host: bench-1, bench-2` */
export function differenceWords({ path, values }: Difference): string {
  return `${path}: ${values.join(', ')}`
}

/** `+12.5 %`, `a factor of 31` */
function changeOf(share: number): string {
  return share < 9 ? `${signed(share)} %` : `a factor of ${formatCount(1 + share)}`
}

function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${signed(low)} to ${signed(high)} %`
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
}

function signed(share: number): string {
  const text = (share * 100).toFixed(1)
  return share > 0 ? `+${text}` : text.replace('-', '−').replace(/^−0\.0$/, '0.0')
}
