import { comparisonDocument } from './html/comparison-document.js'
import { resultDocument } from './html/result-document.js'
import type { ComparisonReporter } from './reporter.js'

/** One page to be opened, sent and printed: it carries all it needs and asks nothing of the network. */
export const html: ComparisonReporter = {
  kind: 'html',
  summary: 'one page with charts, for people; it carries all it needs and works offline',
  render: resultDocument,
  renderComparison: comparisonDocument,
}
