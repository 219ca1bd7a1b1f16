import { formatCount, formatMicros } from '../../base/format.js'
import { formatCompact } from '../../reporters/format.js'
import { wholeSeconds } from './draw.js'
import type { LiveState } from './state.js'

/** The same as one line, for a log. */
export function plainLine(state: LiveState): string {
  const { phase, latency, progress, measured, generator } = state
  const left = measured === null ? '' : ` ${wholeSeconds(measured.wholeMs - measured.elapsedMs)} left`
  const latest = state.events.findLast(({ inMs }) => inMs <= 0)
  return [
    `${phase}${left}`,
    `${formatCount(state.connected)} of ${formatCount(state.target)} connected`,
    `sent ${formatCompact(state.sentPerSecond)}/s`,
    `received ${formatCompact(state.receivedPerSecond)}/s`,
    ...(latency === null ? [] : [`p50 ${formatMicros(latency.p50)}, p99 ${formatMicros(latency.p99)}`]),
    ...(progress.missing === 0 ? [] : [`missing (pending) ${formatCount(progress.missing)}`]),
    ...(latest ? [`${latest.id} ${wholeSeconds(-latest.inMs)} ago`] : []),
    ...(generator?.overload ? [generator.overload] : []),
  ].join(' · ')
}
