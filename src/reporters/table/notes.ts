import type { Result } from '../../results/result.js'
import type { Page } from '../page.js'

/** What a reader must know before trusting the figures. */
export function notesBlock({ scenario }: Result, page: Page): string[] {
  const { notes } = scenario.plan
  if (notes.length === 0) return []
  return [page.heading('Note'), ...notes.flatMap((note) => page.item(page.paint('dim', '·'), note))]
}
