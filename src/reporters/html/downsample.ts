import type { TimelineRow } from '../../results/result.js'

/** No screen can show more points. */
export const MOST_POINTS = 2_000

/** A row of the timeline, as charts draw it. */
export interface ChartRow extends Omit<TimelineRow, 'histogram' | 'receivedByNode' | 'balance'> {
  /** µs, as p50 and p99; null where nothing was received. */
  readonly p90: number | null
  readonly p999: number | null
}

/** A timeline in steps of `stepSeconds`, 1 if it is short enough. */
export interface Steps {
  readonly stepSeconds: number
  readonly rows: readonly ChartRow[]
}

/**
 * At most `MOST_POINTS` rows that hide no extreme: latencies and CPU are the highest of their seconds, counts
 * the sums, connections those of the second that had fewest.
 */
export function downsample(timeline: readonly ChartRow[], mostPoints = MOST_POINTS): Steps {
  const stepSeconds = Math.max(1, Math.ceil(timeline.length / mostPoints))
  if (stepSeconds === 1) return { stepSeconds, rows: timeline }
  const count = Math.ceil(timeline.length / stepSeconds)
  const rows = Array.from({ length: count }, (_, index) =>
    sumRows(timeline.slice(index * stepSeconds, (index + 1) * stepSeconds)),
  )
  return { stepSeconds, rows }
}

function sumRows(rows: readonly ChartRow[]): ChartRow {
  const fewest = rows.reduce((least, row) => (row.connected < least.connected ? row : least))
  const sum = (read: (row: ChartRow) => number) => rows.reduce((all, row) => all + read(row), 0)
  return {
    tMs: rows[0]!.tMs,
    connected: fewest.connected,
    connectedByNode: fewest.connectedByNode,
    connects: sum(({ connects }) => connects),
    disconnects: sum(({ disconnects }) => disconnects),
    sent: sum(({ sent }) => sent),
    received: sum(({ received }) => received),
    lost: sum(({ lost }) => lost),
    p50: highest(rows.map(({ p50 }) => p50)),
    p90: highest(rows.map(({ p90 }) => p90)),
    p99: highest(rows.map(({ p99 }) => p99)),
    p999: highest(rows.map(({ p999 }) => p999)),
    cpu: Math.max(...rows.map(({ cpu }) => cpu)),
  }
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}
