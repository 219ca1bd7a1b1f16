import { escapeDeep } from '../../../base/escape.js'
import { type Comparison, overallOutcome } from '../../../results/comparison/comparison.js'
import { rank } from '../../../results/comparison/ranking.js'
import { outcomeStyles } from '../../outcome-styles.js'
import { Page } from '../../page.js'
import type { RenderOptions } from '../../reporter.js'
import { cellsBlock } from './cells-block.js'
import { differencesBlock } from './differences-block.js'
import { verdictsBlock } from './verdicts-block.js'

/** A comparison on the terminal: the cells ranked in one table, what it shows, and each cell's verdict. */
export function comparisonPage(comparison: Comparison, options: RenderOptions): string {
  const page = new Page(options)
  // Names come from scenarios and from files: none may reach the terminal unescaped.
  const safe = escapeDeep(comparison)
  const ranking = rank(safe)
  const blocks = [
    titleBlock(safe, page),
    cellsBlock(ranking, page),
    verdictsBlock(safe, page),
    differencesBlock(safe, page),
  ]
  const texts = blocks.map((lines) => lines.join('\n'))
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`
}

function titleBlock(comparison: Comparison, page: Page): string[] {
  const { symbol, tone, word } = outcomeStyles[overallOutcome(comparison)]
  const { matrix, cells } = comparison
  const what = matrix
    ? [
        `${cells.length} × ${matrix.repeats} runs of ${matrix.scenario}`,
        ...matrix.axes.map(({ path }) => `over ${path}`),
        ...matrix.overrides.map((override) => `--set ${override}`),
      ]
    : [`${cells.length} saved results side by side`]
  const [first = ''] = cells
    .flatMap(({ runs }) => runs.slice(0, 1))
    .map(({ environment }) => {
      return `${environment.cores} cores, node ${environment.node}`
    })
  return [
    `${page.tint(tone, page.heading(`${symbol} ${word.toUpperCase()}`))}  ${page.heading('comparison')}`,
    ...page.facts([...what, first], 'quiet'),
  ]
}
