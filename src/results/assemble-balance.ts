import { balanceOf } from './balance.js'
import { entry } from './records.js'
import type { Balance, TimelineRow } from './result.js'
import type { RunRecord } from './run-record.js'

/**
 * Connections per node at the end of the measure phase's first second (`start`) and of its last full one (`end`), and by
 * event id at the end of the last second before it struck. Moments without a row are left out.
 */
export function balancesOf(record: RunRecord, timeline: readonly TimelineRow[]): Record<string, Balance> {
  const sinceMeasureMs = (micros: number) => (micros - record.measureMicros) / 1000
  const stoppedMs = Math.min(sinceMeasureMs(record.stoppedMicros), record.plan.phases.measureMs)
  const moments: [string, TimelineRow | undefined][] = [
    ['start', timeline.find((row) => row.tMs === 0)],
    ...record.events.map((event): [string, TimelineRow | undefined] => [
      event.id,
      lastRowBefore(timeline, sinceMeasureMs(event.startedMicros)),
    ]),
    ['end', lastRowBefore(timeline, stoppedMs)],
  ]
  return Object.fromEntries(
    moments.flatMap(([name, row]) => (row ? [[name, balanceOf(poolAt(record, row))]] : [])),
  )
}

function lastRowBefore(timeline: readonly TimelineRow[], atMs: number): TimelineRow | undefined {
  return timeline.findLast((row) => row.tMs + 1000 <= atMs)
}

/** Connections of each node that was in the pool when the row's second ended. */
function poolAt(record: RunRecord, row: TimelineRow): Record<string, number> {
  const endMicros = record.measureMicros + (row.tMs + 1000) * 1000
  const pool = record.nodes.filter(
    ({ joinedMicros, leftMicros }) =>
      joinedMicros <= endMicros && (leftMicros === null || leftMicros > endMicros),
  )
  return Object.fromEntries(pool.map(({ id }) => [id, entry(row.connectedByNode, id) ?? 0]))
}
