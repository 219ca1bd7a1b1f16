import { escapeDeep } from '../base/escape.js'
import type { Result } from '../results/result.js'
import { Page } from './page.js'
import type { Reporter } from './reporter.js'
import { balanceBlock } from './table/balance.js'
import { baselinePage } from './table/baseline-page.js'
import { comparisonPage } from './table/comparison/comparison-page.js'
import { connectionsBlock } from './table/connections.js'
import { deliveriesBlock } from './table/deliveries.js'
import { eventsBlock } from './table/events.js'
import { gatesBlock } from './table/gates.js'
import { generatorBlock } from './table/generator.js'
import { latencyBlock } from './table/latency.js'
import { maxSearchPage } from './table/max-search-page.js'
import { notesBlock } from './table/notes.js'
import { verdictBlock } from './table/verdict.js'

type Block = (result: Result, page: Page) => readonly string[]

/** In the order of the questions: did it pass, what was lost, how late, what happened, can it be trusted. */
const blocks: readonly Block[] = [
  verdictBlock,
  deliveriesBlock,
  latencyBlock,
  eventsBlock,
  balanceBlock,
  connectionsBlock,
  generatorBlock,
  notesBlock,
  gatesBlock,
]

/** The summary on the terminal: at most `columns` wide, the verdict on its first line. */
export const table: Required<Reporter> = {
  kind: 'table',
  summary: 'a summary for the terminal',
  render(result, options) {
    const page = new Page(options)
    // Names come from scenarios and from servers: none may speak to the terminal.
    const safe = escapeDeep(result)
    const texts = blocks.map((block) => block(safe, page).join('\n'))
    return `${texts.filter((text) => text !== '').join('\n\n')}\n`
  },
  renderComparison: comparisonPage,
  renderSearch: maxSearchPage,
  renderBaseline: baselinePage,
}
