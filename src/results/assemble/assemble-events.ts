import { entry } from '../../base/records.js'
import type { EventRecord } from '../../chaos/event.js'
import type { DisconnectCounts } from '../delivery/disconnect-report.js'
import { mergeEncoded, summarizeEncoded, valueAtRank } from '../latency/summary.js'
import type { EventResult, TimelineRow } from '../result.js'
import type { RunRecord } from '../run-record.js'
import { measuredRows } from './assemble-balance.js'
import { lostOf } from './assemble-delivery.js'
import { BALANCED_MAX_OVER_MEAN } from './balance.js'

const MOST = 0.95
const NEARLY_ALL = 0.99

/** What each event did to whom, in the order they began. */
export function eventsOf(record: RunRecord, timeline: readonly TimelineRow[]): EventResult[] {
  return [...record.events]
    .sort((left, right) => left.startedMicros - right.startedMicros)
    .map((event) => eventResult(event, record, timeline))
}

function eventResult(event: EventRecord, record: RunRecord, timeline: readonly TimelineRow[]): EventResult {
  const { disconnects, delivery, measureMicros } = record
  const sinceMeasureMs = (micros: number) => (micros - measureMicros) / 1000
  const broken = entry(disconnects.byCause, event.id)
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
    affectedClients: broken?.disconnects ?? 0,
    recovery: { ...recoveryOf(broken), rebalanceMs: rebalanceMs(event, record, timeline) },
    affinity: {
      reconnectedSameNode: broken?.sameNode ?? 0,
      reconnectedOtherNode: broken?.otherNode ?? 0,
      routedToDraining: hasDrained(event, record) ? (broken?.routedToDraining ?? 0) : null,
    },
    remapped: entry(disconnects.remapped, event.id) ?? null,
    lost: lost ? lostOf(lost) : 0,
    // What came has no cause: the event's phase tells when it was replayed.
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

function recoveryOf(broken: DisconnectCounts | undefined): Omit<EventResult['recovery'], 'rebalanceMs'> {
  if (!broken) {
    const downtimeMicros = summarizeEncoded([])
    return {
      recovered: 0,
      handedOver: 0,
      downtimeMicros,
      timeTo95Ms: null,
      timeTo99Ms: null,
      timeTo100Ms: null,
    }
  }
  const sinceEvent = mergeEncoded([broken.sinceEvent])
  const untilBackMs = (rank: number) => {
    const micros = valueAtRank(sinceEvent, rank)
    return micros === null ? null : micros / 1000
  }
  return {
    recovered: broken.recovered,
    handedOver: broken.handedOver,
    downtimeMicros: summarizeEncoded([broken.downtime]),
    timeTo95Ms: untilBackMs(Math.ceil(MOST * broken.disconnects)),
    timeTo99Ms: untilBackMs(Math.ceil(NEARLY_ALL * broken.disconnects)),
    timeTo100Ms: untilBackMs(broken.disconnects),
  }
}

/** µs of the last connection that opened on a node the event struck, after it began. */
function lastOpenOnTarget(
  { targets, startedMicros }: EventRecord,
  { disconnects }: RunRecord,
): number | null {
  const opened = targets.map((target) => entry(disconnects.lastOpenMicros, target) ?? 0)
  const last = Math.max(0, ...opened)
  return last > startedMicros ? last : null
}

function rebalanceMs(
  { startedMicros }: EventRecord,
  record: RunRecord,
  timeline: readonly TimelineRow[],
): number | null {
  const startMs = (startedMicros - record.measureMicros) / 1000
  const nextMs = (nextEventMicros(startedMicros, record) - record.measureMicros) / 1000
  const own = measuredRows(record, timeline).filter(({ tMs }) => tMs + 1000 > startMs && tMs + 1000 <= nextMs)
  const lastOff = own.findLastIndex(
    ({ balance }) => (balance.connections.maxOverMean ?? 0) > BALANCED_MAX_OVER_MEAN,
  )
  if (own.length === 0 || lastOff === own.length - 1) return null
  return lastOff < 0 ? 0 : own[lastOff + 1]!.tMs + 1000 - startMs
}

/** When the next event after `startedMicros` began; never: Infinity. */
function nextEventMicros(startedMicros: number, { events }: RunRecord): number {
  return Math.min(...events.map((other) => other.startedMicros).filter((other) => other > startedMicros))
}

/** All clients opened before the measure phase, so those that connect in it come back; until the next event begins. */
function peakConnects(
  { id, startedMicros }: EventRecord,
  record: RunRecord,
  timeline: readonly TimelineRow[],
): number {
  const windowMicros = (record.plan.chaos.find((planned) => planned.id === id)?.windowMs ?? 0) * 1000
  const startMs = (startedMicros - record.measureMicros) / 1000
  const endMs =
    (Math.min(startedMicros + windowMicros, nextEventMicros(startedMicros, record)) - record.measureMicros) /
    1000
  return timeline
    .filter((row) => row.tMs + 1000 > startMs && row.tMs + 1000 <= endMs)
    .reduce((peak, row) => Math.max(peak, row.connects), 0)
}
