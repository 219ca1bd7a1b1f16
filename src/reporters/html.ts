import { comparisonDocument } from './html/comparison-document.js'
import { resultDocument } from './html/result-document.js'
import type { ComparisonReporter } from './reporter.js'

/** One page to open, send and print: self-contained, without requests to the network. */
export const html: ComparisonReporter = {
  kind: 'html',
  summary: 'one page with charts, for people; self-contained, works offline',
  render: resultDocument,
  renderComparison: comparisonDocument,
}
