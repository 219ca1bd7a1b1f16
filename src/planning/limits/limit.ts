/** What a plan needs of one of the machine's limits. */
export interface Limit {
  /** `open files of a node` */
  readonly name: string
  readonly needed: number
  /** Null: the limit can't be read on this system, or does not exist. */
  readonly available: number | null
  readonly unit: 'count' | 'bytes'
  /**
   * hard: beyond it the run is impossible. exact: hard, and the need is known exactly, so that no margin is required. soft:
   * beyond it the run may fail.
   */
  readonly kind: 'hard' | 'exact' | 'soft'
  /** The error message if the limit is exceeded. */
  readonly message: string
  /** The command that raises the limit, or what to change in the scenario. */
  readonly fix: string
}

export type LimitStatus = 'ok' | 'tight' | 'exceeded' | 'unknown'

const TIGHT_SHARE = 0.8

export function statusOf({ needed, available, kind }: Limit): LimitStatus {
  if (available === null) return 'unknown'
  if (needed > available) return kind === 'soft' ? 'tight' : 'exceeded'
  return kind !== 'exact' && needed > TIGHT_SHARE * available ? 'tight' : 'ok'
}

/** The exceeded limit that a growing load would reach first; undefined if none is exceeded. */
export function firstExceeded(limits: readonly Limit[]): Limit | undefined {
  const exceeded = limits.filter((limit) => statusOf(limit) === 'exceeded')
  return exceeded.toSorted((one, other) => overload(other) - overload(one))[0]
}

function overload({ needed, available }: Limit): number {
  return needed / Math.max(1, available ?? Number.POSITIVE_INFINITY)
}
