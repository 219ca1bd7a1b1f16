import type { EventResult, Result } from '../../results/result.js'
import { clip } from '../fit.js'
import { formatMicros, formatSpan, formatTight } from '../format.js'
import type { GridRow, Page } from '../page.js'

const NOTHING = '–'

/** What happened when to whom, and how they came back. */
export function eventsBlock({ events }: Result, page: Page): string[] {
  if (events.length === 0) return []
  const haveMoved = events.some(({ recovery }) => recovery.handedOver > 0)
  const moved = haveMoved ? ['moved'] : []
  return [
    ...page.grid(
      ['Events', 'at', 'on', 'cut off', ...moved, 'back', 'down p50', 'p95', 'max', 'lost'],
      events.map((event) => row(event, haveMoved, page)),
    ),
    ...events.flatMap(({ id, failure }) =>
      failure === null ? [] : page.item(page.paint('red', '✗'), `${id}: ${failure}`),
    ),
  ]
}

/** `haveMoved`: some were handed over by some event, which was no cut for them. */
function row(event: EventResult, haveMoved: boolean, page: Page): GridRow {
  const { affectedClients, recovery, lost } = event
  const { handedOver } = recovery
  const cutOff = affectedClients - handedOver
  const missing = affectedClients - recovery.recovered
  const back = cutOff === 0 ? NOTHING : formatTight(recovery.recovered - handedOver)
  return {
    name: event.id,
    cells: [
      formatSpan(event.startedAtMs),
      clip(event.targets.join(' '), 6) || NOTHING,
      page.count(cutOff, formatTight(cutOff), 'yellow'),
      ...(haveMoved ? [formatTight(handedOver)] : []),
      missing > 0 ? page.paint('red', back) : back,
      ...downtimes(event),
      page.count(lost, formatTight(lost)),
    ],
  }
}

function downtimes({ recovery: { downtimeMicros } }: EventResult): string[] {
  const { count, p50, p95, max } = downtimeMicros
  return [p50, p95, max].map((micros) => (count === 0 ? NOTHING : formatMicros(micros)))
}
