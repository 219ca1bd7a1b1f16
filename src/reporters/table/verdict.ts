import { clip, widthOf } from '../../base/text-width.js'
import type { Result } from '../../results/result.js'
import { factText } from '../facts/fact.js'
import { sizeFacts } from '../facts/setup.js'
import { outcomeStyles } from '../outcome-styles.js'
import type { Page } from '../page.js'
import { clusterWords, verdictWords } from '../wording.js'

/** The verdict, on which scenario and cluster; then why. */
export function verdictBlock(result: Result, page: Page): string[] {
  const { outcome, reasons } = result.verdict
  const { symbol, tone } = outcomeStyles[outcome]
  const word = `${symbol} ${verdictWords(result)}`
  const cluster = clusterWords(result)
  const name = clip(result.scenario.name, page.columns - widthOf(word) - 2)
  const first = `${page.tint(tone, page.heading(word))}  ${page.heading(name)}`
  const isShort = widthOf(first) + 2 + widthOf(cluster) <= page.columns
  return [
    ...(isShort ? [`${first}  ${cluster}`] : [first, ...page.facts([cluster])]),
    ...page.facts(sizeFacts(result).map(factText), 'quiet'),
    ...reasons.flatMap((reason) => page.item(page.tint(tone, symbol), reason)),
  ]
}
