import { plural } from '../../../base/format.js'
import { type ComparedCell, type Comparison, outcomeOf } from '../../../results/comparison/comparison.js'
import { outcomeStyles } from '../../outcome-styles.js'
import type { Page } from '../../page.js'

const MOST_REASONS = 4

/** Each cell's verdict, in the order they were asked for: how many gates passed, and why others did not. */
export function verdictsBlock({ cells }: Comparison, page: Page): string[] {
  return [page.heading('Verdicts'), ...cells.flatMap((cell) => verdictLines(cell, page))]
}

function verdictLines(cell: ComparedCell, page: Page): string[] {
  const { symbol, tone, word } = outcomeStyles[outcomeOf(cell)]
  const reasons = reasonsOf(cell)
  return [
    ...page.item(
      page.tint(tone, symbol),
      [`${cell.name}: ${word.toUpperCase()}`, ...gatesPassed(cell)].join(', '),
    ),
    ...reasons.slice(0, MOST_REASONS).flatMap((reason) => page.item('   ', reason, 'dim')),
    ...(reasons.length > MOST_REASONS
      ? page.item('   ', `and ${reasons.length - MOST_REASONS} more`, 'dim')
      : []),
  ]
}

export function gatesPassed({ runs }: ComparedCell): string[] {
  const gates = runs.flatMap((run) => run.gates)
  if (gates.length === 0) return runs.length === 0 ? [] : ['no gates: nothing was required']
  const passed = gates.filter(({ outcome }) => outcome === 'pass').length
  const inRuns = runs.length > 1 ? ` in ${plural(runs.length, 'run')}` : ''
  return [`${passed} of ${plural(gates.length, 'gate')} passed${inRuns}`]
}

export function reasonsOf({ runs, failures }: ComparedCell): string[] {
  return [
    ...new Set([
      ...failures.map(({ message }) => message),
      ...runs.flatMap(({ verdict }) => verdict.reasons),
    ]),
  ]
}
