import type { EventRecord } from '../chaos/event.js'
import { lostOf } from './assemble-delivery.js'
import type { BreakCounts } from './delivery/break-report.js'
import { mergeEncoded, summarizeEncoded, valueAtRank } from './latency.js'
import { entry } from './records.js'
import type { EventResult, TimelineRow } from './result.js'
import type { RunRecord } from './run-record.js'

const MOST = 0.95

/** What each event did to whom, in the order they began. */
export function eventsOf(record: RunRecord, timeline: readonly TimelineRow[]): EventResult[] {
  return [...record.events]
    .sort((left, right) => left.startedMicros - right.startedMicros)
    .map((event) => eventResult(event, record, timeline))
}

function eventResult(event: EventRecord, record: RunRecord, timeline: readonly TimelineRow[]): EventResult {
  const { breaks, delivery, measureMicros } = record
  const sinceMeasureMs = (micros: number) => (micros - measureMicros) / 1000
  const broken = entry(breaks.byCause, event.id)
  const lost = entry(delivery.byCause, event.id)
  const lastOpen = lastOpenOnTarget(event, record)
  return {
    id: event.id,
    kind: event.kind,
    targets: event.targets,
    scheduledAtMs: sinceMeasureMs(event.scheduledMicros),
    startedAtMs: sinceMeasureMs(event.startedMicros),
    finishedAtMs: sinceMeasureMs(event.finishedMicros),
    failure: event.failure,
    affectedClients: broken?.breaks ?? 0,
    recovery: recoveryOf(broken),
    lost: lost ? lostOf(lost) : 0,
    // What came has no cause: the event's phase tells when it was replayed.
    replayed: entry(delivery.byPhase, event.id)?.replayed ?? 0,
    lastConnectionOnTargetMs: lastOpen === null ? null : sinceMeasureMs(lastOpen),
    peakReconnectsPerSecond: peakConnects(event, record, timeline),
  }
}

function recoveryOf(broken: BreakCounts | undefined): EventResult['recovery'] {
  if (!broken)
    return { recovered: 0, handedOver: 0, downtimeMicros: summarizeEncoded([]), to95Ms: null, to100Ms: null }
  const sinceEvent = mergeEncoded([broken.sinceEvent])
  const untilBackMs = (rank: number) => {
    const micros = valueAtRank(sinceEvent, rank)
    return micros === null ? null : micros / 1000
  }
  return {
    recovered: broken.recovered,
    handedOver: broken.handedOver,
    downtimeMicros: summarizeEncoded([broken.downtime]),
    to95Ms: untilBackMs(Math.ceil(MOST * broken.breaks)),
    to100Ms: untilBackMs(broken.breaks),
  }
}

/** µs of the last connection that opened on a node the event struck, after it began. */
function lastOpenOnTarget({ targets, startedMicros }: EventRecord, { breaks }: RunRecord): number | null {
  const opened = targets.map((target) => entry(breaks.lastOpenMicros, target) ?? 0)
  const last = Math.max(0, ...opened)
  return last > startedMicros ? last : null
}

/** All clients opened before the measure phase, so those that connect in it come back; until the next event begins. */
function peakConnects(
  { id, startedMicros }: EventRecord,
  record: RunRecord,
  timeline: readonly TimelineRow[],
): number {
  const windowMicros = (record.plan.chaos.find((planned) => planned.id === id)?.windowMs ?? 0) * 1000
  const nextMicros = record.events
    .map((other) => other.startedMicros)
    .filter((other) => other > startedMicros)
  const startMs = (startedMicros - record.measureMicros) / 1000
  const endMs = (Math.min(startedMicros + windowMicros, ...nextMicros) - record.measureMicros) / 1000
  return timeline
    .filter((row) => row.tMs + 1000 > startMs && row.tMs + 1000 <= endMs)
    .reduce((peak, row) => Math.max(peak, row.connects), 0)
}
