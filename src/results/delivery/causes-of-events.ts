import { changesPool, type EventRecord, type Explains } from '../../chaos/event.js'
import { type EventKind, events } from '../../chaos/index.js'
import type { PoolRemoval } from '../../cluster/cluster.js'
import type { CauseWindow } from './types.js'

export interface CausesSettings {
  readonly graceMs: number
  /** Changes of the balancer's pool that ended every connection. */
  readonly cuttingRemovals: readonly PoolRemoval[]
}

/** What an event may have caused shows until the grace period after its end. */
export function causesOfEvents(
  records: readonly EventRecord[],
  { graceMs, cuttingRemovals }: CausesSettings,
): CauseWindow[] {
  // An event that nothing shows to have taken effect is the cause of nothing.
  return records
    .filter(({ evidence }) => evidence.length > 0)
    .map(({ id, kind, startedMicros, finishedMicros, targets, turns }) => {
      const event = events[kind as EventKind]
      const explains: Explains = event.explains
      const untilMicros = (micros: number): number =>
        explains.isForGood ? Number.POSITIVE_INFINITY : micros + graceMs * 1000
      return {
        id,
        explains,
        startedMicros,
        untilMicros: untilMicros(finishedMicros),
        turns: turns.map((turn) => ({
          node: turn.node,
          startedMicros: turn.startedMicros,
          untilMicros: untilMicros(turn.finishedMicros),
        })),
        cutsAll: cuttingRemovals.some(
          ({ node, fromMicros }) =>
            targets.includes(node) && startedMicros <= fromMicros && fromMicros <= finishedMicros,
        ),
        poolChangedMicros: changesPool(event) ? finishedMicros : null,
      }
    })
}
