import { clip, widthOf } from './fit.js'
import { formatCompact, formatCount, formatMicros, formatSpan } from './format.js'

/** How a run stands, in its last second. */
export interface LiveState {
  /** `connecting`, `warmup`, `steady`, an event's id, `settling`, … */
  readonly phase: string
  /** Until the measure phase ends; null while that is not known. */
  readonly remainingMs: number | null
  readonly connected: number
  readonly target: number
  readonly sentPerSecond: number
  readonly receivedPerSecond: number
  /** µs; null when nothing came. */
  readonly latency: { readonly p50: number; readonly p99: number } | null
  readonly lastEvent: { readonly id: string; readonly agoMs: number } | null
}

const REWRITE_LINE = '\r\u001b[2K'

/** For a terminal: overwrites the line it is on. The fields that matter least give way until it fits. */
export function liveLine(state: LiveState, columns: number): string {
  const fields = fieldsOf(state)
  // A line as wide as the terminal would wrap on some.
  const room = columns - 1
  while (widthOf(join(fields)) > room && fields.length > 1) {
    fields.splice(
      fields.indexOf(fields.reduce((least, field) => (field.rank < least.rank ? field : least))),
      1,
    )
  }
  return REWRITE_LINE + clip(join(fields), room)
}

/** For a log: one line that stays. */
export function plainLine(state: LiveState): string {
  return join(fieldsOf(state))
}

interface Field {
  readonly text: string
  /** The lowest goes first. */
  readonly rank: number
}

function fieldsOf({
  phase,
  remainingMs,
  connected,
  target,
  latency,
  lastEvent,
  ...rates
}: LiveState): Field[] {
  const left = remainingMs === null ? '' : ` ${formatSpan(Math.ceil(remainingMs / 1000) * 1000)} left`
  return [
    { text: `${phase}${left}`, rank: 5 },
    { text: `${formatCount(connected)} of ${formatCount(target)} connected`, rank: 4 },
    { text: `sent ${formatCompact(rates.sentPerSecond)}/s`, rank: 0 },
    { text: `received ${formatCompact(rates.receivedPerSecond)}/s`, rank: 2 },
    ...(latency
      ? [{ text: `p50 ${formatMicros(latency.p50)}, p99 ${formatMicros(latency.p99)}`, rank: 3 }]
      : []),
    ...(lastEvent
      ? [{ text: `${lastEvent.id} ${formatSpan(wholeSeconds(lastEvent.agoMs))} ago`, rank: 1 }]
      : []),
  ]
}

function wholeSeconds(ms: number): number {
  return Math.round(ms / 1000) * 1000
}

function join(fields: readonly Field[]): string {
  return fields.map(({ text }) => text).join(' · ')
}
