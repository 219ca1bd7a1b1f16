import { escapeDeep } from '../../../base/escape.js'
import { type Comparison, overallOutcome } from '../../../results/comparison/comparison.js'
import { rank } from '../../../results/comparison/ranking.js'
import { Page } from '../../page.js'
import type { RenderOptions } from '../../reporter.js'
import { cellsBlock } from './cells-block.js'
import { differencesBlock } from './differences-block.js'
import { looks } from './looks.js'
import { verdictsBlock } from './verdicts-block.js'

/** A comparison on the terminal: the cells ranked in one table, what can be read from it, and each cell's verdict. */
export function comparisonPage(comparison: Comparison, options: RenderOptions): string {
  const page = new Page(options)
  // Names come from scenarios and from files: none may speak to the terminal.
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
  const { symbol, style, word } = looks[overallOutcome(comparison)]
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
    `${page.paint(style, page.heading(`${symbol} ${word}`))}  ${page.heading('comparison')}`,
    ...page.facts([...what, first]).map((line) => page.paint('dim', line)),
  ]
}
