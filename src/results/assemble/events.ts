import { entry } from '../../base/records.js'
import type { EventRecord } from '../../chaos/event.js'
import type { DisconnectCounts } from '../delivery/disconnect-report.js'
import { mergeEncoded, summarizeEncoded, valueAtRank } from '../latency/summary.js'
import type { EventResult, TimelineRow } from '../result.js'
import type { RunRecord } from '../run-record.js'
import { BALANCED_MAX_OVER_MEAN, measuredRows } from './balance.js'
import { lostOf } from './delivery.js'

/** What each event did, in the order in which they began. */
export function eventsOf(record: RunRecord, timeline: readonly TimelineRow[]): EventResult[] {
  return [...record.events]
    .sort((left, right) => left.startedMicros - right.startedMicros)
    .map((event) => eventResult(event, record, timeline))
}

function eventResult(event: EventRecord, record: RunRecord, timeline: readonly TimelineRow[]): EventResult {
  const { disconnects, delivery, measureMicros } = record
  const sinceMeasureMs = (micros: number) => (micros - measureMicros) / 1000
  const affected = entry(disconnects.byCause, event.id)
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
    evidence: event.evidence,
    affectedClients: affected?.disconnects ?? 0,
    recovery: { ...recoveryOf(affected), rebalanceMs: rebalanceMs(event, record, timeline) },
    affinity: {
      reconnectedSameNode: affected?.sameNode ?? 0,
      reconnectedOtherNode: affected?.otherNode ?? 0,
      routedToDraining: hasDrained(event, record) ? (affected?.routedToDraining ?? 0) : null,
    },
    remapped: entry(disconnects.remapped, event.id) ?? null,
    lost: lost ? lostOf(lost) : 0,
    // Deliveries that were not lost have no cause: these are of the event's phase.
    replayed: entry(delivery.byPhase, event.id)?.replayed ?? 0,
    lastConnectionOnTargetMs: lastOpen === null ? null : sinceMeasureMs(lastOpen),
    peakReconnectsPerSecond: peakConnects(event, record, timeline),
  }
}

function hasDrained(
  { targets, startedMicros, finishedMicros }: EventRecord,
  { poolRemovals }: RunRecord,
): boolean {
  return poolRemovals.some(({ node, fromMicros }) => {
    return targets.includes(node) && startedMicros <= fromMicros && fromMicros <= finishedMicros
  })
}

function recoveryOf(affected: DisconnectCounts | undefined): Omit<EventResult['recovery'], 'rebalanceMs'> {
  const { disconnects = 0, recovered = 0, handedOver = 0, downtime, sinceEvent } = affected ?? {}
  const reconnected = mergeEncoded(sinceEvent === undefined ? [] : [sinceEvent])
  const timeToMs = (share: number) => {
    const micros = valueAtRank(reconnected, Math.ceil(share * disconnects))
    return micros === null ? null : micros / 1000
  }
  return {
    recovered,
    handedOver,
    downtimeMicros: summarizeEncoded(downtime === undefined ? [] : [downtime]),
    timeTo95Ms: timeToMs(0.95),
    timeTo99Ms: timeToMs(0.99),
    timeTo100Ms: timeToMs(1),
  }
}

/** When the last connection opened on a target of the event after it began, µs; null if none did. */
function lastOpenOnTarget(
  { targets, startedMicros }: EventRecord,
  { disconnects }: RunRecord,
): number | null {
  const opened = targets.map((target) => entry(disconnects.lastOpenMicros, target) ?? 0)
  const last = Math.max(0, ...opened)
  return last > startedMicros ? last : null
}

/** To the second; see `EventResult`. */
function rebalanceMs(event: EventRecord, record: RunRecord, timeline: readonly TimelineRow[]): number | null {
  const own = rowsOf(event, record, measuredRows(record, timeline))
  const lastUneven = own.findLastIndex(
    ({ balance }) => (balance.connections.maxOverMean ?? 0) > BALANCED_MAX_OVER_MEAN,
  )
  if (own.length === 0 || lastUneven === own.length - 1) return null
  const startMs = (event.startedMicros - record.measureMicros) / 1000
  return lastUneven < 0 ? 0 : own[lastUneven + 1]!.tMs + 1000 - startMs
}

/** Most reconnects in one second: all connects are, as every client connects before the measure phase. */
function peakConnects(event: EventRecord, record: RunRecord, timeline: readonly TimelineRow[]): number {
  const { windowMs = 0 } = record.plan.chaos.find(({ id }) => id === event.id) ?? {}
  return Math.max(0, ...rowsOf(event, record, timeline, windowMs).map(({ connects }) => connects))
}

/** The seconds of an event: those that end after it began, within `windowMs`, and before the next event begins. */
function rowsOf(
  { startedMicros }: EventRecord,
  { events, measureMicros }: RunRecord,
  rows: readonly TimelineRow[],
  windowMs = Number.POSITIVE_INFINITY,
): readonly TimelineRow[] {
  const laterMicros = events.map((other) => other.startedMicros).filter((other) => other > startedMicros)
  const startMs = (startedMicros - measureMicros) / 1000
  const endMs = Math.min(startMs + windowMs, (Math.min(...laterMicros) - measureMicros) / 1000)
  return rows.filter(({ tMs }) => tMs + 1000 > startMs && tMs + 1000 <= endMs)
}
