import { figures } from '../../../results/comparison/figures.js'
import type { Group, Reading } from '../../../results/comparison/ranking.js'
import type { Page } from '../../page.js'

/** Who is best in each figure, and which differences the repeats do not bear out. */
export function readingLines(group: Group, page: Page): string[] {
  const reading = readingOf(group)
  if (reading === null) return []
  return [...page.item('→', reading.sentence), ...page.item(' ', reading.caution, 'dim')]
}

/** The same as one sentence, and how far to trust it; null where there is nothing to hold against each other. */
export function readingOf({ cells, readings }: Group): { sentence: string; caution: string } | null {
  if (readings.length === 0) return null
  const isRepeated = cells.every(({ cell }) => cell.runs.length > 1)
  return {
    sentence: `${readings.map((reading) => clause(reading, cells.length)).join('; ')}.`,
    caution: isRepeated
      ? 'Medians; two cells differ only if their least-to-most intervals are apart, else it may be noise.'
      : 'A cell with one run has no spread: nothing says that a small difference is not noise. See --repeat.',
  }
}

function clause({ figure, best, noise }: Reading, cells: number): string {
  const names = best.length === cells ? 'all the same' : best.join(', ')
  const others = noise.length > 1 && best.length + noise.length === cells ? 'all others' : noise.join(', ')
  return `${figures[figure].best}: ${names}${noise.length > 0 ? ` (within its noise: ${others})` : ''}`
}
