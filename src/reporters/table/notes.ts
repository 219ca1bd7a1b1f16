import { formatDuration, formatMicros } from '../../base/format.js'
import type { Result } from '../../results/result.js'
import type { Page } from '../page.js'

/** What a reader must know before trusting the figures. */
export function notesBlock({ scenario, generator }: Result, page: Page): string[] {
  const notes = [...scenario.plan.notes, ...generator.wallClockSteps.map(stepNote)]
  if (notes.length === 0) return []
  return [page.heading('Note'), ...notes.flatMap((note) => page.item(page.paint('dim', '·'), note))]
}

function stepNote({ atMs, stepMs }: Result['generator']['wallClockSteps'][number]): string {
  const size = `${stepMs < 0 ? '−' : '+'}${formatMicros(Math.abs(stepMs) * 1000)}`
  return `the wall clock stepped by ${size} at ${formatDuration(atMs)}; no figure depends on it`
}
