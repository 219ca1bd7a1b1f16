import { figures } from '../../../results/comparison/figures.js'
import type { Group, Reading } from '../../../results/comparison/ranking.js'
import { LEAST_DIFFERENCE } from '../../../results/comparison/shown-difference.js'
import { FEWEST_RUNS } from '../../../results/statistics/shift.js'
import type { Page } from '../../page.js'

/** The ranks, who is best in each figure, and which differences the repeats do not show. */
export function readingLines(group: Group, page: Page): string[] {
  const reading = readingOf(group)
  if (reading === null) return []
  return [
    ...reading.findings.flatMap((finding) => page.item('→', finding)),
    ...page.item(' ', reading.caution, 'dim'),
  ]
}

/** The same as sentences, and how far to trust them; null where there is nothing to compare. */
export function readingOf({ cells, readings }: Group): { findings: string[]; caution: string } | null {
  if (cells.length < 2) return null
  if (cells[0]!.rank === null) {
    return {
      findings: [],
      caution: `Nothing is ranked: with fewer than ${FEWEST_RUNS} runs of each cell, nothing is known of how runs vary. See --repeat.`,
    }
  }
  const isAnyShown = readings.some(({ best }) => best.length > 0)
  return {
    findings: !isAnyShown
      ? ['No difference shown in any column.']
      : [ranksOf(cells), ...readings.map((reading) => findingOf(reading, cells.length))],
    caution:
      `Figures are medians. A difference is shown if it is more than chance and at least ${LEAST_DIFFERENCE * 100} % ` +
      `(of max/mean, ${LEAST_DIFFERENCE}).`,
  }
}

/** `rank 1: b; rank 2: a, c` */
function ranksOf(cells: Group['cells']): string {
  const ranks = [...new Set(cells.map(({ rank }) => rank))]
  const namesAt = (rank: number | null) =>
    cells.filter((own) => own.rank === rank).map(({ cell }) => cell.name)
  return ranks.length === 1
    ? 'No difference shown: all have the same rank.'
    : `${ranks.map((rank) => `rank ${rank}: ${namesAt(rank).join(', ')}`).join('; ')}.`
}

function findingOf({ figure, best, alike }: Reading, cells: number): string {
  const title = figures[figure].best
  if (best.length === 0) return `${title}: no difference shown.`
  const others = alike.length > 1 && best.length + alike.length === cells ? 'all others' : alike.join(', ')
  return `${title}: ${best.join(', ')}${alike.length > 0 ? ` (no difference shown from ${others})` : ''}.`
}
