import type { EventRecord } from '../chaos/event.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Tick } from '../results/worker-records.js'

export type Stage = 'cluster' | 'connect' | 'traffic' | 'settle' | 'judge'

/** What is called while a run goes on. */
export interface RunObserver {
  onStage(stage: Stage): void
  /** The cluster is up; its `nodes` change during the run. */
  onCluster(cluster: Pick<Cluster, 'nodes'>): void
  /** The measure phase begins at `measureMicros`. */
  onStart(measureMicros: number): void
  /** One second of one worker. */
  onTick(worker: number, tick: Tick): void
  /** An event has begun, or has finished. */
  onEvent(record: EventRecord): void
  /** Something the user may want to know; left out with `--quiet`. */
  onNote(text: string): void
  /** Something the user must know: an error, or a cleanup that is required. */
  onError(text: string): void
}

/** One observer that calls all of them, in order; each may leave out any method. */
export function combineObservers(observers: readonly Partial<RunObserver>[]): RunObserver {
  const all =
    (method: keyof RunObserver) =>
    (...values: unknown[]): void => {
      for (const observer of observers) (observer[method] as (...values: unknown[]) => void)?.(...values)
    }
  return {
    onStage: all('onStage'),
    onCluster: all('onCluster'),
    onStart: all('onStart'),
    onTick: all('onTick'),
    onEvent: all('onEvent'),
    onNote: all('onNote'),
    onError: all('onError'),
  }
}
