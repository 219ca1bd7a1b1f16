import { formatCount, formatDuration, formatMicros, formatShare } from '../../base/format.js'
import { clip } from '../../base/text-width.js'
import type { EventResult, Result } from '../../results/result.js'
import { formatTight } from '../format.js'
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
    ...events.flatMap((event) => {
      const facts = aftermath(event)
      return facts.length === 0 ? [] : page.facts([`${event.id}: ${facts[0]}`, ...facts.slice(1)])
    }),
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
      formatDuration(event.startedAtMs),
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

/** How soon they were back since it began, in what a rush and where, and what it left the nodes like. */
function aftermath({ affectedClients, recovery, ...event }: EventResult): string[] {
  const { affinity, remapped, peakReconnectsPerSecond } = event
  const { rebalanceMs } = recovery
  const backIn = [
    ['95 %', recovery.timeTo95Ms],
    ['99 %', recovery.timeTo99Ms],
    ['all', recovery.timeTo100Ms],
  ] as const
  const reached = backIn.flatMap(([share, ms]) => (ms === null ? [] : [`${share} ${formatDuration(ms)}`]))
  return [
    ...(reached.length > 0 ? [`back after ${reached.join(', ')}`] : []),
    ...(affectedClients > 0 ? [`at most ${formatCount(peakReconnectsPerSecond)}/s`] : []),
    ...(affinity.routedToDraining
      ? [`${formatCount(affinity.routedToDraining)} sent to one that was leaving`]
      : []),
    ...(remapped && remapped.returned > 0
      ? [`${formatShare(remapped.moved / remapped.returned)} of ${formatCount(remapped.returned)} remapped`]
      : []),
    ...(rebalanceMs === 0
      ? []
      : [rebalanceMs === null ? 'nodes uneven' : `even after ${formatDuration(rebalanceMs)}`]),
  ]
}
