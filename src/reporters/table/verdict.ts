import { formatDuration, plural } from '../../base/format.js'
import { clip, widthOf } from '../../base/text-width.js'
import type { Result, Verdict } from '../../results/result.js'
import { clusterWords, versionWords } from '../cluster-words.js'
import type { Page } from '../page.js'

const looks = {
  pass: { symbol: '✓', style: 'green' },
  fail: { symbol: '✗', style: 'red' },
  invalid: { symbol: '?', style: 'yellow' },
  interrupted: { symbol: '◼', style: 'yellow' },
} as const satisfies Record<Verdict['outcome'], unknown>

/** The verdict, of what, on which cluster; then why. */
export function verdictBlock(result: Result, page: Page): string[] {
  const { outcome, reasons } = result.verdict
  const { symbol, style } = looks[outcome]
  const word = `${symbol} ${outcome.toUpperCase()}`
  const cluster = clusterWords(result)
  const name = clip(result.scenario.name, page.columns - widthOf(word) - 2)
  const first = `${page.paint(style, page.heading(word))}  ${page.heading(name)}`
  const isShort = widthOf(first) + 2 + widthOf(cluster) <= page.columns
  return [
    ...(isShort ? [`${first}  ${cluster}`] : [first, ...page.facts([cluster])]),
    ...page.facts(setting(result)).map((line) => page.paint('dim', line)),
    ...reasons.flatMap((reason) => page.item(page.paint(style, symbol), reason)),
  ]
}

function setting(result: Result): string[] {
  const { scenario, durationMs, environment } = result
  const { plan } = scenario
  return [
    plural(plan.clients.count, 'client'),
    `${formatDuration(durationMs)}, ${formatDuration(plan.phases.measureMs)} of it measured`,
    ...versionWords(result),
    `seed ${plan.seed}`,
    `${environment.cores} cores, node ${environment.node}`,
  ]
}
