import { type ChaosEvent, changesPool, type EventRecord, type Explains } from '../../chaos/event.js'
import { type EventKind, events } from '../../chaos/index.js'
import type { PoolRemoval } from '../../cluster/cluster.js'
import type { CauseWindow } from './types.js'

export interface CausesSettings {
  readonly graceMs: number
  /** How long after a change of the pool the balancer ends every connection; null: it does not. */
  readonly poolChangeCutsAfterMs: number | null
  readonly poolRemovals: readonly PoolRemoval[]
}

/** What an event may have caused shows until the grace period after its end. */
export function causesOfEvents(
  records: readonly EventRecord[],
  { graceMs, poolChangeCutsAfterMs, poolRemovals }: CausesSettings,
): CauseWindow[] {
  // An event that nothing shows to have taken effect is the cause of nothing.
  return records
    .filter(({ evidence }) => evidence.length > 0)
    .map(({ id, kind, startedMicros, finishedMicros, targets, turns }) => {
      const event: Pick<ChaosEvent<never>, 'explains' | 'addsNodes' | 'removesNodes'> = events[
        kind as EventKind
      ]
      const explains: Explains = event.explains
      const untilMicros = (micros: number): number =>
        explains.isForGood ? Number.POSITIVE_INFINITY : micros + graceMs * 1000
      const hasRemoved = poolRemovals.some(
        ({ node, fromMicros }) =>
          targets.includes(node) && startedMicros <= fromMicros && fromMicros <= finishedMicros,
      )
      const hasChangedPool = hasRemoved || event.addsNodes !== undefined
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
        cutsAllUntilMicros:
          poolChangeCutsAfterMs !== null && hasChangedPool
            ? untilMicros(finishedMicros) + poolChangeCutsAfterMs * 1000
            : null,
        poolChangedMicros: changesPool(event) ? finishedMicros : null,
      }
    })
}
