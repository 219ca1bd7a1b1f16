/** What a plan needs of one of the machine's limits. */
export interface Limit {
  /** `open files of a node` */
  readonly name: string
  readonly needed: number
  /** Null: this system doesn't tell, or has no such limit. */
  readonly available: number | null
  readonly unit: 'count' | 'bytes'
  /**
   * hard: past it the run can't be. exact: hard, and what is needed is known to the last one, so that nothing needs to
   * be left over. soft: past it the run may go wrong.
   */
  readonly kind: 'hard' | 'exact' | 'soft'
  /** Why the run can't be, where it can't. */
  readonly refusal: string
  /** The command that lifts it, or what to change in the scenario. */
  readonly fix: string
}

export type Strain = 'fine' | 'tight' | 'breaks' | 'unknown'

const TIGHT_SHARE = 0.8

export function strainOf({ needed, available, kind }: Limit): Strain {
  if (available === null) return 'unknown'
  if (needed > available) return kind === 'soft' ? 'tight' : 'breaks'
  return kind !== 'exact' && needed > TIGHT_SHARE * available ? 'tight' : 'fine'
}

/** Of those that break, the one that would as the first if the load grew; undefined: the machine can carry it. */
export function firstToBreak(limits: readonly Limit[]): Limit | undefined {
  const broken = limits.filter((limit) => strainOf(limit) === 'breaks')
  return broken.toSorted((one, other) => overload(other) - overload(one))[0]
}

function overload({ needed, available }: Limit): number {
  return needed / Math.max(1, available ?? Number.POSITIVE_INFINITY)
}
