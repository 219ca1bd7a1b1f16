import { formatCompact, formatCount, formatDuration, formatMicros } from '../../base/format.js'
import type { LiveEvent, LiveState } from './state.js'

/** For a log: one line that stays. */
export function plainLine(state: LiveState): string {
  const { latency, progress, measured } = state
  const left =
    measured === null ? '' : ` ${formatDuration(wholeSeconds(measured.wholeMs - measured.elapsedMs))} left`
  return [
    `${state.phase}${left}`,
    `${formatCount(state.connected)} of ${formatCount(state.target)} connected`,
    `sent ${formatCompact(state.sentPerSecond)}/s`,
    `received ${formatCompact(state.receivedPerSecond)}/s`,
    ...(latency === null ? [] : [`p50 ${formatMicros(latency.p50)}, p99 ${formatMicros(latency.p99)}`]),
    ...(progress.missing === 0 ? [] : [`${formatCount(progress.missing)} missing so far`]),
    ...state.events
      .filter(({ inMs }) => inMs <= 0)
      .slice(-1)
      .map(latest),
    ...(state.generator?.strain ? [state.generator.strain] : []),
  ].join(' · ')
}

function latest({ id, inMs }: LiveEvent): string {
  return `${id} ${formatDuration(wholeSeconds(-inMs))} ago`
}

function wholeSeconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000) * 1000)
}
