import { clip } from '../../../base/text-width.js'
import type { Comparison } from '../../../results/comparison/comparison.js'
import { type Difference, differencesOf } from '../../../results/comparison/differences.js'
import type { Page } from '../../page.js'

const MOST = 12
const WIDEST_VALUE = 30

/** What saved results do not have in common, so that nobody takes a faster machine for a better balancer. */
export function differencesBlock({ matrix, cells }: Comparison, page: Page): string[] {
  if (matrix !== null) return []
  const differences = differencesOf(cells.flatMap(({ runs }) => runs))
  if (differences.length === 0) return []
  const rest = differences.length - MOST
  return [
    page.heading('What differs'),
    ...differences.slice(0, MOST).flatMap((difference) => lines(difference, page)),
    ...(rest > 0 ? page.item('·', `and ${rest} more settings`, 'dim') : []),
  ]
}

/** Other machines and other loads are no fair comparison; another cluster is what it is about. */
function lines({ path, values }: Difference, page: Page): string[] {
  const text = `${path}: ${values.map((value) => clip(value, WIDEST_VALUE)).join(', ')}`
  return path.startsWith('cluster.') ? page.item('·', text) : page.item(page.paint('yellow', '!'), text)
}
