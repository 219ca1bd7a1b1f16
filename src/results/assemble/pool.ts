import { entry } from '../../base/records.js'
import type { NodeLifetime } from '../run-record.js'

/** The counts of each node that is in the balancer's pool at `micros`; 0 for one that has none. */
export function overPool(
  counts: Readonly<Record<string, number>>,
  nodes: readonly NodeLifetime[],
  micros: number,
): Record<string, number> {
  const pool = nodes.filter(
    ({ joinedMicros, leftMicros }) => joinedMicros <= micros && (leftMicros === null || leftMicros > micros),
  )
  return Object.fromEntries(pool.map(({ id }) => [id, entry(counts, id) ?? 0]))
}
