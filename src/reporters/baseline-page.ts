import type { BaselineReport } from '../results/baseline/baseline-report.js'
import type { MetricOutcome, MetricVerdict } from '../results/baseline/judge-metric.js'
import { formatQuantity } from '../results/units.js'
import { escapeDeep } from './escape.js'
import { plural } from './format.js'
import { Page } from './page.js'
import type { RenderOptions } from './reporter.js'

const looks = {
  regression: { symbol: '✗', style: 'red' },
  missing: { symbol: '✗', style: 'red' },
  'no baseline': { symbol: '?', style: 'yellow' },
  'within limit': { symbol: '!', style: 'yellow' },
  noise: { symbol: '·', style: 'dim' },
  improvement: { symbol: '✓', style: 'green' },
} as const satisfies Record<MetricOutcome, unknown>

/** A run against its baseline on the terminal: the outcome, then each metric and what can be said of it. */
export function baselinePage(report: BaselineReport, options: RenderOptions): string {
  const page = new Page(options)
  const safe = escapeDeep(report)
  const blocks = [
    titleBlock(safe, page),
    safe.metrics.flatMap((verdict) => metricLines(verdict, page)),
    gateLines(safe, page),
    differenceLines(safe, page),
  ]
  const texts = blocks.map((lines) => lines.join('\n'))
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`
}

function titleBlock({ outcome, scenario, runs, metrics }: BaselineReport, page: Page): string[] {
  const word = outcome === 'pass' ? page.paint('green', '✓ PASS') : page.paint('red', '✗ FAIL')
  const what =
    runs.baseline === 0
      ? plural(runs.candidate, 'run')
      : `${plural(runs.candidate, 'run')} against ${runs.baseline} of the baseline`
  const few = Math.min(runs.candidate, runs.baseline) < 3 && metrics.length > 0
  return [
    `${page.heading(word)}  ${page.heading(scenario)}  ${what}`,
    ...(few
      ? page.item(page.paint('yellow', '!'), 'fewer than 3 runs on a side: only what differs by far is told')
      : []),
  ]
}

function metricLines(verdict: MetricVerdict, page: Page): string[] {
  const { symbol, style } = looks[verdict.outcome]
  return [
    ...page.item(page.paint(style, symbol), `${verdict.metric}: ${page.paint(style, verdict.outcome)}`),
    ...page.item(' ', figuresOf(verdict), 'dim'),
  ]
}

/** `12.1 ms → 14.6 ms, +20.5 % (95 %: +14.0 to +27.1 %), limit 10.0 % and 1.00 ms` */
function figuresOf(verdict: MetricVerdict): string {
  const { baselineMedian, candidateMedian, change, interval, limit, unit } = verdict
  const value = (some: number | null) => (some === null ? 'nothing' : formatQuantity(some, unit))
  const sure = interval ? ` (${percent(interval.confidence)}: ${range(interval)})` : ''
  return [
    `${value(baselineMedian)} → ${value(candidateMedian)}`,
    ...(change === null ? [] : [`${signed(change)} %${sure}`]),
    `limit ${limit}`,
  ].join(', ')
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

function gateLines({ gates }: BaselineReport, page: Page): string[] {
  return gates.flatMap(({ expression, ok, reason }) =>
    page.item(
      ok ? page.paint('green', '✓') : page.paint('red', '✗'),
      `${expression}: ${reason}`,
      ok ? 'dim' : undefined,
    ),
  )
}

function differenceLines({ differences }: BaselineReport, page: Page): string[] {
  if (differences.length === 0) return []
  return [
    page.heading('Not the same in all runs'),
    ...differences.flatMap(({ path, values }) => page.item('·', `${path}: ${values.join(', ')}`)),
  ]
}
