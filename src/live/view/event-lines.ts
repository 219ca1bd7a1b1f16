import { formatCount, formatDuration } from '../../base/format.js'
import type { Painter } from './painter.js'
import type { LiveEvent } from './state.js'

/** Which of them to show where there is room for `rows`: the latest that struck, and the next to come. */
export function shownEvents(events: readonly LiveEvent[], rows: number): readonly LiveEvent[] {
  if (events.length <= rows) return events
  const firstToCome = events.findIndex(({ state }) => state === 'to come')
  const next = firstToCome === 0 || (firstToCome > 0 && rows > 1) ? 1 : 0
  const end = firstToCome < 0 ? events.length : firstToCome + next
  return events.slice(Math.max(0, end - rows), Math.max(rows, end))
}

export function eventLine(event: LiveEvent, paint: Painter): string {
  const { id, state, inMs, targets } = event
  if (state === 'to come') return paint('dim', `○ ${id}  in ${span(inMs)}`)
  const facts = [span(-inMs, ' ago'), targets.join(', '), whatBecame(event)].filter(Boolean)
  const mark = { 'under way': paint('yellow', '●'), done: paint('green', '✓'), failed: paint('red', '✗') }[
    state
  ]
  return `${mark} ${paint('bold', id)}  ${facts.join(' · ')}`
}

function whatBecame({ state, cut, back, allBackMs }: LiveEvent): string {
  if (state === 'failed') return 'failed'
  if (cut === 0) return state === 'under way' ? 'nobody cut so far' : 'nobody cut'
  if (allBackMs !== null) return `${formatCount(cut)} cut, all back within ${span(allBackMs)}`
  return `${formatCount(cut)} cut, ${formatCount(Math.min(back, cut))} back`
}

function span(ms: number, suffix = ''): string {
  return formatDuration(Math.max(0, Math.ceil(ms / 1000) * 1000)) + suffix
}
