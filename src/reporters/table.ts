import { escapeDeep } from '../base/escape.js'
import { runFacts } from './facts/run-facts.js'
import { Page } from './page.js'
import type { Reporter } from './reporter.js'
import { baselinePage } from './table/baseline-page.js'
import { blockLines } from './table/block.js'
import { comparisonPage } from './table/comparison/comparison-page.js'
import { maxSearchPage } from './table/max-search-page.js'
import { closingLines } from './table/summary.js'
import { verdictBlock } from './table/verdict.js'

/** Everything about a run on the terminal: at most `columns` wide, the verdict on its first line and on its last. */
export const table: Required<Omit<Reporter, 'printsCommands'>> = {
  kind: 'table',
  summary: 'everything, for the terminal',
  render(result, options) {
    const page = new Page(options)
    // Names come from scenarios and from servers: none may reach the terminal unescaped.
    const safe = escapeDeep(result)
    const blocks = Object.values(runFacts(safe)).flatMap((block) => (block ? [blockLines(block, page)] : []))
    return `${[verdictBlock(safe, page), ...blocks, closingLines(safe, page)].map((lines) => lines.join('\n')).join('\n\n')}\n`
  },
  renderComparison: comparisonPage,
  renderSearch: maxSearchPage,
  renderBaseline: baselinePage,
}
