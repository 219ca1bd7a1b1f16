import { formatCount } from '../../base/format.js'
import { type Painter, wholeSeconds } from './draw.js'
import type { LiveEvent } from './state.js'

/** Those to show where there is room for `rows`: the latest that have started, and the next that is scheduled. */
export function shownEvents(events: readonly LiveEvent[], rows: number): readonly LiveEvent[] {
  if (events.length <= rows) return events
  const firstScheduled = events.findIndex(({ state }) => state === 'scheduled')
  const next = firstScheduled === 0 || (firstScheduled > 0 && rows > 1) ? 1 : 0
  const end = firstScheduled < 0 ? events.length : firstScheduled + next
  return events.slice(Math.max(0, end - rows), Math.max(rows, end))
}

/** `✓ node-kill#1  4 s ago · n2 · 500 disconnected, all back within 2 s` */
export function eventLine(event: LiveEvent, paint: Painter): string {
  const { id, state, inMs, targets } = event
  if (state === 'scheduled') return paint('dim', `○ ${id}  in ${wholeSeconds(inMs)}`)
  const facts = [`${wholeSeconds(-inMs)} ago`, targets.join(', '), effectOf(event)].filter(Boolean)
  const marks = { active: paint('yellow', '●'), done: paint('green', '✓'), failed: paint('red', '✗') }
  return `${marks[state]} ${paint('bold', id)}  ${facts.join(' · ')}`
}

function effectOf({ state, disconnected, reconnected, allBackMs }: LiveEvent): string {
  if (state === 'failed') return 'failed'
  if (disconnected === 0) return state === 'active' ? 'no disconnects yet' : 'no disconnects'
  const count = `${formatCount(disconnected)} disconnected`
  if (allBackMs !== null) return `${count}, all back within ${wholeSeconds(allBackMs)}`
  return `${count}, ${formatCount(Math.min(reconnected, disconnected))} reconnected`
}
