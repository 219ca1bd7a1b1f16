import { escapeDeep } from '../../base/escape.js'
import type { BaselineReport } from '../../results/baseline/baseline-report.js'
import type { MetricOutcome } from '../../results/baseline/finding.js'
import type { MetricVerdict } from '../../results/baseline/judge-metric.js'
import { caveats, changeWords, differenceWords, runsWords } from '../baseline-words.js'
import { Page } from '../page.js'
import type { RenderOptions } from '../reporter.js'

const looks = {
  regression: { symbol: '✗', style: 'red' },
  missing: { symbol: '✗', style: 'red' },
  'no baseline': { symbol: '?', style: 'yellow' },
  'within limit': { symbol: '!', style: 'yellow' },
  unchanged: { symbol: '✓', style: 'green' },
  inconclusive: { symbol: '?', style: 'yellow' },
  improvement: { symbol: '✓', style: 'green' },
} as const satisfies Record<MetricOutcome, unknown>

const titles = {
  pass: { symbol: '✓', style: 'green' },
  fail: { symbol: '✗', style: 'red' },
  inconclusive: { symbol: '?', style: 'yellow' },
} as const satisfies Record<BaselineReport['outcome'], unknown>

/** A run against its baseline on the terminal: the outcome, then each metric. */
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

function titleBlock(report: BaselineReport, page: Page): string[] {
  const { symbol, style } = titles[report.outcome]
  const word = page.paint(style, `${symbol} ${report.outcome.toUpperCase()}`)
  return [
    `${page.heading(word)}  ${page.heading(report.scenario)}  ${runsWords(report)}`,
    ...caveats(report).flatMap((caveat) => page.item(page.paint('yellow', '!'), caveat)),
  ]
}

function metricLines(verdict: MetricVerdict, page: Page): string[] {
  const { symbol, style } = looks[verdict.outcome]
  return [
    ...page.item(page.paint(style, symbol), `${verdict.metric}: ${page.paint(style, verdict.outcome)}`),
    ...page.item(' ', changeWords(verdict), 'dim'),
  ]
}

function gateLines({ gates }: BaselineReport, page: Page): string[] {
  return gates.flatMap(({ expression, outcome, reason }) => {
    const { symbol, style } = titles[outcome === 'undecided' ? 'inconclusive' : outcome]
    const isDim = outcome === 'pass'
    return page.item(page.paint(style, symbol), `${expression}: ${reason}`, isDim ? 'dim' : undefined)
  })
}

function differenceLines({ differences }: BaselineReport, page: Page): string[] {
  if (differences.length === 0) return []
  return [
    page.heading('Not the same in all runs'),
    ...differences.flatMap((difference) => page.item('·', differenceWords(difference))),
  ]
}
