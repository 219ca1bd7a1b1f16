import { entry } from '../../base/records.js'
import { metrics } from '../gates/metrics.js'
import type { Result } from '../result.js'
import type { Counted } from '../statistics/rates.js'
import type { Unit } from '../units.js'

/** What a comparison holds side by side; lower is better in all of them. */
export interface Figure {
  readonly heading: string
  readonly unit: Unit
  /** Says whose is lowest; null: for reading only. */
  readonly best: string | null
  /** Null: the run has no such figure. Infinity: somebody it is about never came back. */
  read(result: Result): number | null
  /** What a rate is of; empty: nothing. Only of rates. */
  counted?(result: Result): readonly Counted[]
}

const RECOVERED_BY_95 = 'recovery.p95'
const RECOVERED_ALL = 'recovery.max'

/** In the order in which cells are ranked. */
export const figures = {
  lost: { heading: 'lost', unit: 'count', best: null, read: ({ delivery }) => delivery.lost },
  lostPerMillion: {
    heading: 'per M',
    unit: 'count',
    best: 'lost least',
    read: ({ delivery: { lost, due } }) => (due === 0 ? null : (lost / due) * 1_000_000),
    counted: ({ delivery: { lost, due } }) => (due === 0 ? [] : [{ count: lost, exposure: due }]),
  },
  p99: {
    heading: 'p99',
    unit: 'micros',
    best: 'lowest p99',
    read: ({ latency: { fromPlannedSend } }) => (fromPlannedSend.count === 0 ? null : fromPlannedSend.p99),
  },
  recoveryP95: {
    heading: 'back p95',
    unit: 'micros',
    best: 'soonest 95 % back',
    read: (result) => worstRecovery(result, RECOVERED_BY_95),
  },
  recoveryMax: {
    heading: 'last',
    unit: 'micros',
    best: 'soonest all back',
    read: (result) => worstRecovery(result, RECOVERED_ALL),
  },
  maxOverMean: {
    heading: 'max/mean',
    unit: 'ratio',
    best: 'most even at the end',
    read: ({ balance }) => entry(balance, 'end')?.maxOverMean ?? null,
  },
} as const satisfies Record<string, Figure>

export type FigureName = keyof typeof figures
export const figureNames = Object.keys(figures) as FigureName[]

/** Downtime of those that the worst event cut off; null when no event cut off anybody. */
function worstRecovery(result: Result, metric: string): number | null {
  const downtimes = result.events
    .filter(({ affectedClients }) => affectedClients > 0)
    .map(
      ({ id }) => metrics.get(metric)?.read(result, { key: 'event', value: id }) ?? Number.POSITIVE_INFINITY,
    )
  return downtimes.length === 0 ? null : Math.max(...downtimes)
}
